import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame } from '../../../src/client/frames.ts';
import { ApiConnection, RequestRefused } from '../ApiConnection.ts';
import type { Credentials } from '../credentials.ts';
import type { ProgressLine } from '../ProgressLine.ts';
import { countByCode, tooQuick } from './foreseen.ts';
import { Latencies } from './Latencies.ts';
import { connectionsOf, type LoadPlan, messagesOf } from './plan.ts';
import { type Codes, Tally } from './Tally.ts';

/** Where a load goes, and what it needs besides. */
export type LoadRunOptions = {
  readonly plan: LoadPlan;
  readonly url: URL;
  /** Of one person of a meeting, by number. */
  readonly credentials: (meeting: number, person: number) => Promise<Credentials>;
  readonly progress: ProgressLine;
  readonly note: (words: string) => void;
  readonly interrupted: AbortSignal;
};

/** What became of the connections. */
export type ConnectionCounts = {
  readonly asked: number;
  readonly opened: number;
  readonly refused: Codes;
  /** Ended while the test ran, by close code. */
  readonly ended: Codes;
};

/** Longer pauses would draw no progress. */
const LONGEST_PAUSE_MS = 50;

/** One load test: opens its connections, sends at its rate, waits for what is under way, and closes. */
export class LoadRun {
  readonly tally: Tally;
  /** From asking for a connection to its welcome. */
  readonly joinMs = new Latencies();
  readonly #options: LoadRunOptions;
  /** In the meetings' names and in every message, so that two tests at once have nothing to do with each other. */
  readonly #id = randomBytes(4).toString('hex');
  readonly #connections: (ApiConnection | undefined)[] = [];
  readonly #refused = new Map<string, number>();
  readonly #ended = new Map<string, number>();
  #asked = 0;
  #phase: 'running' | 'closing' = 'running';

  constructor(options: LoadRunOptions) {
    this.#options = options;
    this.tally = new Tally(options.plan);
  }

  /**
   * Opens the connections, at the rate of the ramp. Rejects if not even the first can be: so it is with the others.
   */
  async open(): Promise<void> {
    const { plan, progress, interrupted } = this.#options;
    const total = connectionsOf(plan);
    await this.#join(0);
    const joining: Promise<void>[] = [];
    const startMs = performance.now();
    for (let index = 1; index < total && !interrupted.aborted; index++) {
      await pause(startMs + (index * 1000) / plan.ramp - performance.now(), interrupted);
      progress.show('Connecting', index, total, `${index} of ${total}`);
      joining.push(this.#join(index).catch((error: unknown) => countByCode(this.#refused, error)));
    }
    await Promise.all(joining);
    progress.clear();
  }

  /** Sends all messages, each when it is due, however long earlier ones take. */
  async send(): Promise<void> {
    const { plan, progress, interrupted } = this.#options;
    const total = messagesOf(plan);
    const startMs = performance.now();
    const dueMs = (message: number) => startMs + (message * 1000) / plan.rate;
    let next = 0;
    while (next < total && !interrupted.aborted) {
      for (const nowMs = performance.now(); next < total && dueMs(next) <= nowMs; next++) {
        this.#sendOne(next, dueMs(next));
      }
      const figures = `${next} of ${total} sent, ${this.tally.received} delivered`;
      progress.show('Sending', next, total, figures);
      await pause(Math.max(1, Math.min(LONGEST_PAUSE_MS, dueMs(next) - performance.now())), interrupted);
    }
    progress.clear();
  }

  /** Waits for answers and deliveries, as long as the plan says at most. */
  async settle(): Promise<void> {
    const { plan, progress } = this.#options;
    const waitMs = plan.waitSeconds * 1000;
    const startMs = performance.now();
    for (;;) {
      const elapsedMs = performance.now() - startMs;
      if (this.tally.underWay === 0 || elapsedMs > waitMs) break;
      progress.show('Waiting', elapsedMs, waitMs, `for ${this.tally.underWay} more`);
      await sleep(20);
    }
    progress.clear();
  }

  /** Closes at the rate at which it opened: each end is work for the deployment. */
  async close(): Promise<void> {
    this.#phase = 'closing';
    const { plan, progress, interrupted } = this.#options;
    const open = this.#connections.filter((connection) => connection !== undefined);
    const startMs = performance.now();
    const closing: Promise<void>[] = [];
    for (const [index, connection] of open.entries()) {
      // Whoever has interrupted the test wants an end.
      if (!interrupted.aborted)
        await pause(startMs + (index * 1000) / plan.ramp - performance.now(), interrupted);
      progress.show('Closing', index, open.length);
      closing.push(connection.close());
    }
    await Promise.all(closing);
    progress.clear();
  }

  connections(): ConnectionCounts {
    return {
      asked: this.#asked,
      opened: this.#connections.filter((connection) => connection !== undefined).length,
      refused: Object.fromEntries(this.#refused),
      ended: Object.fromEntries(this.#ended),
    };
  }

  async #join(index: number): Promise<void> {
    const { plan, url, credentials, note } = this.#options;
    const meeting = Math.floor(index / plan.people);
    this.#asked++;
    const startMs = performance.now();
    const connection = await ApiConnection.open({
      ...{ url, meetingId: this.#meetingId(meeting), client: 'v1' },
      credentials: await credentials(meeting, index % plan.people),
      onFrame: (frame) => this.#receive(index, frame),
      onClose: ({ code }) => this.#onClose(index, code),
    });
    const welcome = await connection.request({ action: 'join' }).catch(async (error: unknown) => {
      await connection.close();
      throw error;
    });
    this.joinMs.add(performance.now() - startMs);
    this.#connections[index] = connection;
    this.tally.opened(index);
    const warning = index === 0 ? tooQuick(welcome, plan) : undefined;
    if (warning !== undefined) note(warning);
  }

  #sendOne(message: number, dueMs: number): void {
    const { plan } = this.#options;
    const meeting = message % plan.meetings;
    const person = Math.floor(message / plan.meetings) % plan.people;
    const sender = meeting * plan.people + person;
    const connection = this.#connections[sender];
    // What could not be opened, or has ended, is told of by itself.
    if (!connection || !this.tally.isOpen(sender)) return;
    this.tally.sent(message, sender, { dueMs, nowMs: performance.now() });
    const data = `${this.#id}:${message}:`.padEnd(plan.size, 'x');
    connection
      .request({ action: 'sendMessage', meetingId: this.#meetingId(meeting), messageType: plan.type, data })
      .then(
        () => this.tally.acked(message, performance.now()),
        (error: unknown) => {
          if (error instanceof RequestRefused) this.tally.refused(message, error.code);
          else this.tally.gaveUp();
        },
      );
  }

  #receive(connection: number, { type, data }: Frame): void {
    if (type !== this.#options.plan.type || typeof data !== 'string') return;
    const [id, message] = data.split(':', 2);
    if (id === this.#id) this.tally.delivered(Number(message), connection, performance.now());
  }

  #onClose(index: number, code: number): void {
    if (this.#phase === 'closing' || !this.tally.isOpen(index)) return;
    this.#ended.set(String(code), (this.#ended.get(String(code)) ?? 0) + 1);
    this.tally.ended(index);
  }

  #meetingId(meeting: number): string {
    return `load-${this.#id}-${meeting}`;
  }
}

/** Until it is time, or an end is wished for. */
const pause = async (delayMs: number, interrupted: AbortSignal): Promise<void> => {
  if (delayMs > 0) await sleep(delayMs, undefined, { signal: interrupted }).catch(() => {});
};
