import { systemClock } from '../../src/client/clock.ts';
import type { Frame } from '../../src/client/frames.ts';
import { LogFollower, type LogPage } from '../../src/client/LogFollower.ts';
import { ApiConnection, type ConnectionEnd, type ConnectOptions, RequestRefused } from './ApiConnection.ts';
import { Failure } from './command.ts';
import { NotConnected } from './notConnected.ts';

/** Where the log is shown from. */
type TailStart = { readonly lines: number } | { readonly since: number };

/** What a tail needs. */
export type MeetingTailOptions = {
  readonly from: TailStart;
  /** Called with each line of the log, in order, once. */
  readonly show: (line: Frame) => void;
  /** Called with what isn't the log's: that lines are missing. */
  readonly note: (words: string) => void;
  /** Anew for each connection. */
  readonly connection: () => Promise<Omit<ConnectOptions, 'onFrame' | 'onClose'>>;
};

/** A reply that takes longer means that the connection is dead. */
const ALIVE_MS = 10_000;

/** Follows a meeting's log over any number of connections. What each missed is read by the next. */
export class MeetingTail {
  readonly #options: MeetingTailOptions;
  readonly #follower: LogFollower;
  #connection: ApiConnection | undefined;
  /** Live lines that came before it was clear where to begin. */
  #held: Frame[] | undefined = [];
  #broken: (() => void) | undefined;

  constructor(options: MeetingTailOptions) {
    this.#options = options;
    this.#follower = new LogFollower({
      clock: systemClock,
      show: options.show,
      ask: (after) => this.#history({ after, limit: 300 }),
      onExpired: (seq) => options.note(`Lines up to ${seq} have expired.`),
      onEpoch: () => this.#broken?.(),
    });
  }

  /** Whether the log has been followed already. */
  get hasBegun(): boolean {
    return this.#follower.position !== undefined;
  }

  /**
   * Follows over one connection until that ends or is interrupted; `onUp` is called when it has caught on. Rejects with a
   * {@link NotConnected} that says how it ended.
   */
  async once(interrupted: AbortSignal, onUp: () => void): Promise<void> {
    this.#held = [];
    let ended = (_end: ConnectionEnd) => {};
    const closed = new Promise<ConnectionEnd>((resolve) => {
      ended = resolve;
    });
    const connection = await ApiConnection.open({
      ...(await this.#options.connection()),
      signal: interrupted,
      onFrame: (frame) => this.#take(frame),
      onClose: (end) => ended(end),
    });
    this.#connection = connection;
    const leave = () => void connection.close();
    this.#broken = leave;
    interrupted.addEventListener('abort', leave);
    try {
      if (interrupted.aborted) return;
      await this.#begin();
      onUp();
      throw endOf(await closed);
    } catch (error) {
      if (!interrupted.aborted) throw error;
    } finally {
      interrupted.removeEventListener('abort', leave);
      this.#follower.pause();
      this.#connection = undefined;
      await connection.close();
    }
  }

  async #begin(): Promise<void> {
    const { epoch, seq } = await this.#history({ limit: 1 });
    const log = { epoch, seq, entries: [], recovered: true };
    const resumption = this.#follower.resumptionOf({ ...log, recovered: this.#hasSeen(epoch, seq) });
    if (resumption === 'first') this.#startAt(epoch, this.#firstSeq(seq));
    else if (resumption !== 'recovered') {
      this.#options.note('The log has begun anew.');
      this.#startAt(epoch, 0);
    }
    // Whatever is missing it asks for.
    this.#follower.resume(log);
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.#take(frame);
  }

  #hasSeen(epoch: string, seq: number): boolean {
    const { position } = this.#follower;
    return position?.epoch === epoch && position.seq <= seq;
  }

  #startAt(epoch: string, seq: number): void {
    this.#follower.resume({ epoch, seq, entries: [], recovered: false });
  }

  #firstSeq(seq: number): number {
    const { from } = this.#options;
    if (!('since' in from)) return Math.max(0, seq - from.lines);
    if (from.since <= seq) return from.since;
    throw new Failure(`--since is ${from.since}, but the log ends with ${seq}.`);
  }

  #take(frame: Frame): void {
    const { seq } = frame;
    if (typeof seq !== 'number') return;
    if (this.#held) this.#held.push(frame);
    else this.#follower.take(seq, frame);
  }

  async #history(range: { readonly after?: number; readonly limit: number }): Promise<LogPage> {
    if (!this.#connection) throw new NotConnected('lost', 'There is no connection.');
    try {
      const reply = await this.#connection.request({ action: 'history', ...range }, ALIVE_MS);
      // As PROTOCOL.md has it (LG6): the server is ours.
      return reply as unknown as LogPage;
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      throw new NotConnected('busy', `The log can't be read: ${error.message}`, error.code);
    }
  }
}

/** The server's last word, or the close code. What the server ended for a reason of its own isn't tried again. */
function endOf({ code, bye }: ConnectionEnd): NotConnected {
  if (bye) return new NotConnected('refused', `The server ended it: ${bye.message} (${bye.code})`);
  return new NotConnected('lost', `The connection was lost (${code}).`);
}
