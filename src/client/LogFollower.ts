import type { Clock } from './clock.ts';
import type { Frame } from './frames.ts';
import { Sequence } from './Sequence.ts';
import { Timers } from './Timers.ts';
import { HOLE_MS, RETRY_MS, SILENCE_MS } from './timing.ts';

/** How a welcome stands to what was seen before it. */
export type Resumption = 'first' | 'recovered' | 'epoch-changed' | 'lines-expired';

/** The log as a welcome tells of it. */
export type WelcomeLog = {
  readonly epoch: string;
  readonly seq: number;
  readonly entries: readonly Frame[];
  readonly recovered: boolean;
};

/** A part of the log, as `history` answers. */
export type LogPage = { readonly epoch: string; readonly seq: number; readonly entries: readonly Frame[] };

/** What a follower needs. */
export type LogFollowerPorts = {
  readonly clock: Clock;
  /** Called with each line in its order, once. */
  readonly show: (line: Frame) => void;
  /** Asks `history` for what follows a line. */
  readonly ask: (after: number) => Promise<LogPage>;
  /** Lines up to here are missing for good. */
  readonly onExpired: (seq: number) => void;
  /** The log has begun anew: the connection that tells so has to be welcomed again. */
  readonly onEpoch: () => void;
};

/**
 * Follows a meeting's log: every line after the first welcome is shown once and in order, however frames come. A line
 * waits for those before it; what doesn't come by itself is asked for.
 */
export class LogFollower {
  readonly #ports: LogFollowerPorts;
  readonly #timers: Timers<'hole' | 'silence'>;
  #lines = this.#begin();
  #epoch: string | undefined;
  /** Who asks is numbered, so that an answer to an earlier life isn't taken for this one's. */
  #life = 0;
  #state: 'paused' | 'listening' | 'asking' = 'paused';

  constructor(ports: LogFollowerPorts) {
    this.#ports = ports;
    this.#timers = new Timers(ports.clock);
  }

  /** Up to where everything was shown; undefined before the first welcome. */
  get position(): { readonly epoch: string; readonly seq: number } | undefined {
    return this.#epoch === undefined ? undefined : { epoch: this.#epoch, seq: this.#lines.last };
  }

  /** Whether lines are known to be missing. */
  get isBehind(): boolean {
    return this.#state === 'asking' || this.#lines.waiting.length > 0;
  }

  /** How a welcome stands to what was seen. Changes nothing. */
  resumptionOf({ epoch, recovered, seq }: WelcomeLog): Resumption {
    if (this.#epoch === undefined) return 'first';
    if (this.#epoch !== epoch) return 'epoch-changed';
    if (recovered) return 'recovered';
    // A log that ends before what was seen of it has lost its end, and gives those numbers out again.
    return seq < this.#lines.last ? 'epoch-changed' : 'lines-expired';
  }

  /** Goes on from a welcome: shows what was missed, or begins where it stands. */
  resume(log: WelcomeLog): void {
    const resumption = this.resumptionOf(log);
    this.#life++;
    this.#state = 'listening';
    if (resumption === 'epoch-changed') this.#lines = this.#begin();
    this.#epoch = log.epoch;
    for (const line of log.entries) this.#lines.keep(Number(line.seq), line);
    if (resumption === 'recovered') this.#lines.showNext();
    else this.#lines.skipTo(log.seq);
    if (this.#lines.last < log.seq) this.#ask();
    else this.#listen();
  }

  /** There is no connection to ask. */
  pause(): void {
    this.#life++;
    this.#state = 'paused';
    this.#timers.stopAll();
  }

  /** Takes a line as it came. */
  take(seq: number, line: Frame): void {
    this.#lines.keep(seq, line);
    this.#lines.showNext();
    this.#listen();
  }

  #begin(): Sequence<Frame> {
    return new Sequence((line) => {
      if (line.type !== 'void') this.#ports.show(line);
    });
  }

  #listen(): void {
    if (this.#state !== 'listening') return;
    const isComplete = this.#lines.waiting.length === 0;
    const ask = () => this.#ask();
    if (isComplete) this.#timers.stop('hole');
    else if (!this.#timers.has('hole')) this.#timers.set('hole', HOLE_MS, ask);
    this.#timers.set('silence', SILENCE_MS, ask);
  }

  #ask(): void {
    const life = this.#life;
    this.#state = 'asking';
    this.#timers.stopAll();
    this.#ports.ask(this.#lines.last).then(
      (page) => {
        if (life === this.#life) this.#fill(page);
      },
      () => {
        if (life === this.#life) this.#timers.set('hole', RETRY_MS, () => this.#ask());
      },
    );
  }

  #fill({ epoch, seq, entries }: LogPage): void {
    if (epoch !== this.#epoch) {
      this.#ports.onEpoch();
      return;
    }
    // Nothing is missing between lines of a log: what is older than the first, or than the end of none, has expired.
    const first = Number(entries[0]?.seq ?? seq + 1);
    if (first > this.#lines.last + 1) {
      this.#ports.onExpired(first - 1);
      this.#lines.skipTo(first - 1);
    }
    for (const line of entries) this.#lines.keep(Number(line.seq), line);
    this.#lines.showNext();
    this.#state = 'listening';
    if (this.#lines.last < seq) this.#ask();
    else this.#listen();
  }
}
