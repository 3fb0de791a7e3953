import type { Clock } from './clock.ts';

/** API Gateway's way of throttling: a rate, with a burst on top. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #clock: Clock;
  #tokens: number;
  #filledAtMs: number;

  constructor(perSecond: number, burst: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#clock = clock;
    this.#tokens = burst;
    this.#filledAtMs = clock.elapsedMs();
  }

  /** Takes one token, if there is one. */
  take(): 'granted' | 'throttled' {
    const nowMs = this.#clock.elapsedMs();
    const elapsedMs = nowMs - this.#filledAtMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + (elapsedMs * this.#perSecond) / 1000);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return 'throttled';
    this.#tokens--;
    return 'granted';
  }
}
