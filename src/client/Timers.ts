import type { Cancel, Clock } from './clock.ts';

/** Timers by name: one that is set again replaces the one of before. */
export class Timers<Name extends string> {
  readonly #clock: Clock;
  readonly #cancels = new Map<Name, Cancel>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs something once, after a time. */
  set(name: Name, delayMs: number, run: () => void): void {
    this.stop(name);
    const cancel = this.#clock.after(delayMs, () => {
      this.#cancels.delete(name);
      run();
    });
    this.#cancels.set(name, cancel);
  }

  /** Whether it is set and has not come yet. */
  has(name: Name): boolean {
    return this.#cancels.has(name);
  }

  stop(name: Name): void {
    this.#cancels.get(name)?.();
    this.#cancels.delete(name);
  }

  stopAll(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
