/** What is called with an event. */
export type Listener<Payload> = (payload: Payload) => void;

/**
 * Events by name, each with one payload. Listeners are called at once, in the order in which they came; one that throws
 * keeps nothing from the others. Its functions may be handed on by themselves.
 */
export class Emitter<Events extends object> {
  readonly #listeners: { [Name in keyof Events]?: Set<Listener<Events[Name]>> } = {};
  readonly #onClose = new Set<() => void>();
  readonly #report: (error: unknown) => void;
  #state: 'live' | 'closed' = 'live';

  /** `report` is told what listeners throw. */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Calls a listener with each event of this name. Returns what takes it away again. */
  readonly on = <Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): (() => void) => {
    this.#listeners[name] ??= new Set();
    this.#listeners[name].add(listener);
    return () => this.off(name, listener);
  };

  /** Calls a listener with the next event of this name. Returns what takes it away before. */
  readonly once = <Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): (() => void) => {
    const off = this.on(name, (payload) => {
      off();
      listener(payload);
    });
    return off;
  };

  /** Takes a listener away that `on` was given. */
  readonly off = <Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void => {
    this.#listeners[name]?.delete(listener);
  };

  /** Calls who listens now; nobody once it is closed. Returns whether anybody listens. */
  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): boolean {
    const listeners = [...(this.#listeners[name] ?? [])];
    for (const listener of listeners) {
      if (this.#state === 'closed') break;
      try {
        listener(payload);
      } catch (error) {
        this.#report(error);
      }
    }
    return listeners.length > 0;
  }

  /**
   * The events of this name from now on, to be iterated once. What nobody has taken yet is kept. The iteration ends when
   * the emitter is closed.
   */
  readonly events = <Name extends keyof Events>(name: Name): AsyncIterableIterator<Events[Name]> => {
    const queue: Events[Name][] = [];
    const waiting: (() => void)[] = [];
    let live = this.#state === 'live';
    const wake = () => {
      for (const resume of waiting.splice(0)) resume();
    };
    const stop = () => {
      live = false;
      off();
      this.#onClose.delete(stop);
      wake();
    };
    const off = this.on(name, (payload) => {
      queue.push(payload);
      wake();
    });
    if (live) this.#onClose.add(stop);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        while (live && queue.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
        const value = queue.shift();
        return value === undefined ? { value, done: true } : { value, done: false };
      },
      async return() {
        stop();
        queue.length = 0;
        return { value: undefined, done: true };
      },
    };
  };

  /** Ends every iteration, after what is kept for it. */
  close(): void {
    this.#state = 'closed';
    for (const stop of [...this.#onClose]) stop();
  }
}
