import type { Cancel, Clock } from './clock.ts';
import { SIGNAL_HOLE_MS } from './timing.ts';

/** What is known of one sender's signals. */
type Stream<Signal> = {
  /** The number that is shown next. */
  next: number;
  readonly ahead: Map<number, Signal>;
  /** Numbers that were no longer waited for: they may come late. */
  readonly skipped: Set<number>;
  cancelWait: Cancel | undefined;
};

/**
 * Puts signals back in the order in which they were sent, each once: senders count from 1. One that is missing is waited
 * for a short time, then passed over, and shown late if it comes after all.
 */
export class SignalOrder<Signal> {
  readonly #clock: Clock;
  readonly #show: (signal: Signal) => void;
  readonly #streams = new Map<string, Stream<Signal>>();

  constructor(clock: Clock, show: (signal: Signal) => void) {
    this.#clock = clock;
    this.#show = show;
  }

  /** Takes a signal with its number in its sender's stream. */
  take(key: string, number: number, signal: Signal): void {
    const stream = this.#stream(key);
    if (stream.skipped.delete(number)) this.#show(signal);
    if (number < stream.next || stream.ahead.has(number)) return;
    stream.ahead.set(number, signal);
    this.#showNext(stream);
  }

  /** Nothing more is expected of senders whose keys begin so. */
  forget(prefix: string): void {
    for (const [key, stream] of this.#streams) {
      if (!key.startsWith(prefix)) continue;
      stream.cancelWait?.();
      this.#streams.delete(key);
    }
  }

  #stream(key: string): Stream<Signal> {
    const known = this.#streams.get(key);
    if (known) return known;
    const stream = { next: 1, ahead: new Map(), skipped: new Set<number>(), cancelWait: undefined };
    this.#streams.set(key, stream);
    return stream;
  }

  #showNext(stream: Stream<Signal>): void {
    stream.cancelWait?.();
    stream.cancelWait = undefined;
    for (;;) {
      const signal = stream.ahead.get(stream.next);
      if (signal === undefined) break;
      stream.ahead.delete(stream.next++);
      this.#show(signal);
    }
    if (stream.ahead.size > 0) {
      stream.cancelWait = this.#clock.after(SIGNAL_HOLE_MS, () => this.#passOver(stream));
    }
  }

  #passOver(stream: Stream<Signal>): void {
    const first = Math.min(...stream.ahead.keys());
    // A sender that has counted far without us is no reason to remember all of it.
    for (let missing = Math.max(stream.next, first - 100); missing < first; missing++) {
      stream.skipped.add(missing);
    }
    stream.next = first;
    this.#showNext(stream);
  }
}
