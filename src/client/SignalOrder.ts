import type { Clock } from './clock.ts';
import { Sequence } from './Sequence.ts';
import { Timers } from './Timers.ts';
import { SIGNAL_HOLE_MS } from './timing.ts';

/** What is known of one sender's signals. */
type Stream<Signal> = {
  readonly sequence: Sequence<Signal>;
  /** Numbers that were no longer waited for: they may come late. */
  readonly skipped: Set<number>;
};

/** A sender that has counted far without us is no reason to remember all of it. */
const REMEMBERED = 100;

/**
 * Puts signals back in the order in which they were sent, each once: senders count from 1. One that is missing is waited
 * for a short time, then passed over, and shown late if it comes after all.
 */
export class SignalOrder<Signal> {
  readonly #timers: Timers<string>;
  readonly #show: (signal: Signal) => void;
  readonly #streams = new Map<string, Stream<Signal>>();

  constructor(clock: Clock, show: (signal: Signal) => void) {
    this.#timers = new Timers(clock);
    this.#show = show;
  }

  /** Takes a signal with its number in its sender's stream. */
  take(key: string, number: number, signal: Signal): void {
    const { sequence, skipped } = this.#stream(key);
    if (skipped.delete(number)) this.#show(signal);
    sequence.keep(number, signal);
    sequence.showNext();
    this.#waitForMissing(key);
  }

  /** Nothing more is expected of senders whose keys begin so. */
  forget(prefix: string): void {
    for (const key of [...this.#streams.keys()]) {
      if (!key.startsWith(prefix)) continue;
      this.#timers.stop(key);
      this.#streams.delete(key);
    }
  }

  #stream(key: string): Stream<Signal> {
    const stream = this.#streams.get(key) ?? {
      sequence: new Sequence(this.#show),
      skipped: new Set<number>(),
    };
    this.#streams.set(key, stream);
    return stream;
  }

  #waitForMissing(key: string): void {
    const { sequence, skipped } = this.#stream(key);
    this.#timers.stop(key);
    if (sequence.waiting.length === 0) return;
    this.#timers.set(key, SIGNAL_HOLE_MS, () => {
      const first = Math.min(...sequence.waiting);
      for (let missing = Math.max(sequence.last + 1, first - REMEMBERED); missing < first; missing++) {
        skipped.add(missing);
      }
      sequence.skipTo(first - 1);
      this.#waitForMissing(key);
    });
  }
}
