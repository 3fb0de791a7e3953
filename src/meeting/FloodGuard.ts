import type { ConnectionId } from '../protocol/ids.ts';

/** So many refusals within this time are no accident of a client that waits as it is told. */
const REFUSALS = 200;
const WINDOW_MS = 10_000;

/**
 * Tells a flood from a client that is a little too quick: one that goes on although it is refused.
 *
 * It counts in the memory of one process. On AWS that is one of a function's instances, of which each handles a message at a
 * time; refusing takes a millisecond, so that a flood finds few of them, and each counts its share. What a flood that is
 * spread too thinly for that costs is bounded by the rate limit, which all share.
 */
export class FloodGuard {
  /** When the latest refusals were; those who were refused last are last. */
  readonly #refusals = new Map<ConnectionId, readonly number[]>();
  readonly #now: () => number;

  /** The clock is in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Counts one refusal. `flooding` with the 200th within 10 s; the count then begins anew, so that a connection that
   * could not be ended is tried again.
   */
  refused(connectionId: ConnectionId): 'tolerated' | 'flooding' {
    const nowMs = this.#now();
    const recent = (this.#refusals.get(connectionId) ?? []).filter((atMs) => nowMs - atMs < WINDOW_MS);
    this.#refusals.delete(connectionId);
    this.#forget(nowMs);
    if (recent.length + 1 >= REFUSALS) return 'flooding';
    this.#refusals.set(connectionId, [...recent, nowMs]);
    return 'tolerated';
  }

  /** How many connections it remembers. */
  get size(): number {
    return this.#refusals.size;
  }

  #forget(nowMs: number): void {
    for (const [connectionId, refusals] of this.#refusals) {
      if (nowMs - (refusals.at(-1) ?? 0) < WINDOW_MS) return;
      this.#refusals.delete(connectionId);
    }
  }
}
