import { type AsyncHook, AsyncLocalStorage, createHook } from 'node:async_hooks';

/** The async ids of the promises that one invocation made and that haven't settled. */
type Pending = Set<number>;

/**
 * Counts the promises that an invocation leaves pending when it returns. Lambda freezes the process there, so that
 * what they were to do happens late or never.
 *
 * Watching costs every promise of the process a little while it lasts. The loser of a `Promise.race` counts too.
 */
export class PendingPromises {
  readonly #current = new AsyncLocalStorage<Pending>();
  readonly #pendingOf = new Map<number, Pending>();
  readonly #hook: AsyncHook;
  #watching = 0;

  constructor() {
    // The promise that an `await` makes for itself is never resolved, but goes on: hence `before`.
    const settle = (asyncId: number) => this.#settle(asyncId);
    this.#hook = createHook({
      init: (asyncId, type) => this.#made(asyncId, type),
      promiseResolve: settle,
      before: settle,
    });
  }

  /** Runs an invocation and tells how many promises it left pending. Rejects as it rejects. */
  async watch<T>(run: () => Promise<T>, onPending: (count: number) => void): Promise<T> {
    const pending: Pending = new Set();
    if (this.#watching++ === 0) this.#hook.enable();
    try {
      const result = await this.#current.run(pending, run);
      if (pending.size > 0) onPending(pending.size);
      return result;
    } finally {
      for (const asyncId of pending) this.#pendingOf.delete(asyncId);
      pending.clear();
      if (--this.#watching === 0) this.#stop();
    }
  }

  #made(asyncId: number, type: string): void {
    const pending = type === 'PROMISE' ? this.#current.getStore() : undefined;
    if (!pending) return;
    pending.add(asyncId);
    this.#pendingOf.set(asyncId, pending);
  }

  #settle(asyncId: number): void {
    this.#pendingOf.get(asyncId)?.delete(asyncId);
    this.#pendingOf.delete(asyncId);
  }

  #stop(): void {
    this.#hook.disable();
    this.#current.disable();
    this.#pendingOf.clear();
  }
}
