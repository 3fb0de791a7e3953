import type { Clock } from '../clock.ts';
import { Pacer } from '../Pacer.ts';
import { Timers } from '../Timers.ts';
import { SHARE, SIGNALS_A_START } from './timing.ts';

/** Begins calls, one after the other, at a pace that leaves half of what the server takes for everything else. */
export class Starts {
  readonly #pacer: Pacer;
  readonly #timers: Timers<'next'>;
  readonly #begin: (key: string) => void;
  readonly #waiting = new Set<string>();

  constructor(clock: Clock, begin: (key: string) => void) {
    this.#pacer = new Pacer(clock);
    this.#timers = new Timers(clock);
    this.#begin = begin;
  }

  /** Goes by the limits of another welcome. */
  pace({ messagesPerSecond = 0, messageBurst = 0 }: Readonly<Record<string, number>>): void {
    const startsOf = (messages: number) => (messages * SHARE) / SIGNALS_A_START;
    this.#pacer.restart({
      messagesPerSecond: startsOf(messagesPerSecond),
      messageBurst: startsOf(messageBurst),
    });
  }

  /** Begins this one as soon as the pace allows it. */
  add(key: string): void {
    this.#waiting.add(key);
    if (!this.#timers.has('next')) this.#next();
  }

  cancel(key: string): void {
    this.#waiting.delete(key);
  }

  close(): void {
    this.#timers.stopAll();
  }

  #next(): void {
    for (const key of this.#waiting) {
      const delayMs = this.#pacer.take();
      if (delayMs > 0) {
        this.#timers.set('next', delayMs, () => this.#next());
        return;
      }
      this.#waiting.delete(key);
      this.#begin(key);
    }
  }
}
