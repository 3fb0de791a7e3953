import type { RateLimit, RateLimitOutcome } from '../meeting/ports.ts';
import type { ConnectionId } from '../protocol/ids.ts';

/** A rate, and how much of it may come at once. */
export type RateLimitSettings = {
  /** 0 turns the limit off. */
  readonly messagesPerSecond: number;
  readonly burst: number;
};

type Bucket = { tokens: number; filledAtMs: number };

const granted = { outcome: 'granted' } as const;

/** {@link RateLimit} in the memory of one process: a token bucket for each connection that has sent lately. */
export class EmbeddedRateLimit implements RateLimit {
  // In the order of their last use, so that those that have filled up again, and say nothing any more, come first.
  readonly #buckets = new Map<ConnectionId, Bucket>();
  readonly #settings: RateLimitSettings;
  readonly #now: () => number;

  constructor(settings: RateLimitSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  async take(connectionId: ConnectionId): Promise<RateLimitOutcome> {
    const { messagesPerSecond, burst } = this.#settings;
    if (messagesPerSecond === 0) return granted;
    const nowMs = this.#now();
    const bucket = this.#buckets.get(connectionId) ?? { tokens: burst, filledAtMs: nowMs };
    const available = Math.min(
      burst,
      bucket.tokens + ((nowMs - bucket.filledAtMs) * messagesPerSecond) / 1000,
    );
    bucket.filledAtMs = nowMs;
    this.#buckets.delete(connectionId);
    this.#buckets.set(connectionId, bucket);
    this.#forgetFull(nowMs);
    bucket.tokens = available >= 1 ? available - 1 : available;
    if (available >= 1) return granted;
    return { outcome: 'refused', retryAfterMs: Math.ceil(((1 - available) * 1000) / messagesPerSecond) };
  }

  /** How many connections it remembers. */
  get size(): number {
    return this.#buckets.size;
  }

  #forgetFull(nowMs: number): void {
    const fillMs = (this.#settings.burst * 1000) / this.#settings.messagesPerSecond;
    for (const [connectionId, { filledAtMs }] of this.#buckets) {
      if (nowMs - filledAtMs < fillMs) return;
      this.#buckets.delete(connectionId);
    }
  }
}
