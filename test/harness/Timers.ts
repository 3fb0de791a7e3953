/** Timers by name: one that is set again replaces the one of before. */
export class Timers {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** Runs something once, after a time. */
  set(name: string, delayMs: number, run: () => void): void {
    this.stop(name);
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      run();
    }, delayMs);
    this.#timers.set(name, timer);
  }

  /** Whether it is set and has not come yet. */
  has(name: string): boolean {
    return this.#timers.has(name);
  }

  stop(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  stopAll(): void {
    for (const name of this.#timers.keys()) this.stop(name);
  }
}
