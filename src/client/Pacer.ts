import type { Clock } from './clock.ts';

/** How much the server takes of one connection. */
export type Pace = { readonly messagesPerSecond: number; readonly messageBurst: number };

/** What holds unless a welcome says otherwise. */
const usualPace: Pace = { messagesPerSecond: 50, messageBurst: 100 };

/** Of what is allowed, so much is used: what is sent in time may arrive at once. */
const SHARE = 0.8;

/**
 * Counts what is sent as the server counts what arrives, so that a client is never refused: a bucket for each
 * connection that refills all the time.
 */
export class Pacer {
  readonly #clock: Clock;
  /** What one message takes out of the bucket, and how much there is in a full one: in the time that it takes to refill. */
  #messageMs = 0;
  #fullMs = 0;
  /** Since when the bucket refills. */
  #emptyAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.restart({});
  }

  /** Begins anew with another connection, which has sent so many messages already. */
  restart(pace: Partial<Pace>, sent = 0): void {
    const { messagesPerSecond, messageBurst } = { ...usualPace, ...pace };
    const burst = Math.max(1, Math.floor(messageBurst * SHARE));
    // 0 a second: as many as one likes.
    this.#messageMs = messagesPerSecond && 1000 / (messagesPerSecond * SHARE);
    this.#fullMs = burst * this.#messageMs;
    this.#emptyAtMs = this.#clock.elapsedMs() - Math.max(0, burst - sent) * this.#messageMs;
  }

  /** Takes one message's part. Returns 0, or after how many milliseconds to ask again. */
  take(): number {
    const nowMs = this.#clock.elapsedMs();
    const nextMs = Math.max(this.#emptyAtMs, nowMs - this.#fullMs) + this.#messageMs;
    if (nextMs > nowMs) return Math.ceil(nextMs - nowMs);
    this.#emptyAtMs = nextMs;
    return 0;
  }

  /** The server refused one: nothing more goes out for so long, and then no burst. */
  pause(delayMs: number): void {
    const nextMs = this.#clock.elapsedMs() + delayMs;
    this.#emptyAtMs = Math.max(this.#emptyAtMs, nextMs - this.#messageMs);
  }
}
