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
  #perMs = 0;
  #burst = 0;
  #tokens = 0;
  #countedAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.restart({});
  }

  /** Begins anew with another connection, which has sent so many messages already. */
  restart(pace: Partial<Pace>, sent = 0): void {
    const { messagesPerSecond, messageBurst } = { ...usualPace, ...pace };
    // 0: as many as one likes.
    this.#perMs = messagesPerSecond === 0 ? Number.POSITIVE_INFINITY : (messagesPerSecond * SHARE) / 1000;
    this.#burst = Math.max(1, Math.floor(messageBurst * SHARE));
    this.#tokens = Math.max(0, this.#burst - sent);
    this.#countedAtMs = this.#clock.elapsedMs();
  }

  /** Takes one message's part. Returns 0, or after how many milliseconds to ask again. */
  take(): number {
    const nowMs = this.#clock.elapsedMs();
    if (nowMs > this.#countedAtMs) {
      this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#countedAtMs) * this.#perMs);
      this.#countedAtMs = nowMs;
    }
    const pausedMs = this.#countedAtMs - nowMs;
    if (pausedMs === 0 && this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return pausedMs + Math.ceil(Math.max(0, 1 - this.#tokens) / this.#perMs);
  }

  /** The server refused one: nothing more goes out for so long, and then no burst. */
  pause(delayMs: number): void {
    this.#tokens = Math.min(this.#tokens, 1);
    this.#countedAtMs = Math.max(this.#countedAtMs, this.#clock.elapsedMs() + delayMs);
  }
}
