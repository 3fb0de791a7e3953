import { EventEmitter, once } from 'node:events';
import { WebSocket } from 'ws';
import { LineOrder } from './LineOrder.ts';
import type { Welcome } from './server.ts';
import type { Frame } from './TestClient.ts';
import { Timers } from './Timers.ts';

/** What a resuming client needs to be told. */
export type ResumingClientOptions = {
  /** With the query that names meeting and user. */
  readonly url: string;
  readonly meetingId: string;
  /** Kept over all of its connections. */
  readonly session: string;
  /** 0 ≤ number < 1. */
  readonly random: () => number;
  /** After so long without a numbered frame it asks whether it missed one. A minute unless given. */
  readonly silenceMs?: number;
  /** The longest that it waits before it connects again. */
  readonly longestDelayMs?: number;
  /** Called with each frame as it comes, before anything is made of it. */
  readonly onFrame?: (frame: Frame) => void;
  /** Called whenever it starts to connect. */
  readonly onConnect?: () => void;
  /** Which of the lines that it shows it keeps in `shown`; all unless given. */
  readonly keeps?: (line: Frame) => boolean;
};

/** A chat that the server promised to keep. */
export type AckedChat = { readonly requestId: string; readonly data: unknown; readonly seq: number };

/** A welcome, and after which line the join asked for what was missed; undefined for the first join. */
export type ReceivedWelcome = { readonly since: number | undefined; readonly welcome: Welcome };

/** How a client goes for good: with a `leave`, with a close frame, or with neither. */
export type Farewell = 'leave' | 'close' | 'cut';

const defaults = {
  ...{ silenceMs: 60_000, longestDelayMs: 5000 },
  ...{ onFrame: () => {}, onConnect: () => {}, keeps: () => true },
};
const REPLY_MS = 5000;
const FIRST_DELAY_MS = 50;
/** Live frames come in any order; a hole is given so long to close by itself. */
const HOLE_MS = 200;

/**
 * A v1 client that comes back after each loss of its connection, and shows its user every line of the log once and in
 * order, as PROTOCOL.md advises. It keeps what it showed and what was acked, for a test to judge.
 */
export class ResumingClient {
  readonly shown: Frame[] = [];
  readonly acked: AckedChat[] = [];
  readonly welcomes: ReceivedWelcome[] = [];
  /** Errors that no repetition will heal. */
  readonly refusals: Frame[] = [];
  readonly counts = { sent: 0, repeated: 0, duplicates: 0, histories: 0, connects: 0 };
  readonly #options: Required<ResumingClientOptions>;
  readonly #changes = new EventEmitter();
  readonly #lines = new LineOrder((line) => this.#options.keeps(line) && this.shown.push(line));
  readonly #unanswered = new Map<string, unknown>();
  readonly #timers = new Timers();
  #socket: WebSocket | undefined;
  #state: 'away' | 'joined' | 'ended' = 'away';
  #epoch: string | undefined;
  #since: number | undefined;
  #connectionId: string | undefined;
  #attempts = 0;
  #offlineMs = 0;

  constructor(options: ResumingClientOptions) {
    this.#options = { ...defaults, ...options };
    this.#connect();
  }

  /** Whether it has joined and not lost the connection since. */
  get isJoined(): boolean {
    return this.#state === 'joined';
  }

  /** Up to where it has shown everything. */
  get lastSeq(): number {
    return this.#lines.last ?? 0;
  }

  /** Sends a chat to everyone, again and again under the same requestId until it is answered. */
  say(data: unknown): void {
    const requestId = `${this.#options.session}.${++this.counts.sent}`;
    this.#unanswered.set(requestId, data);
    this.#sendChat(requestId);
  }

  /** Resolves when every chat is answered, and everything shown that is in the log at that time. */
  async settled(): Promise<void> {
    let outcome: 'caught up' | 'change' = 'change';
    while (outcome !== 'caught up') {
      while (this.#state !== 'joined' || this.#unanswered.size > 0) await once(this.#changes, 'change');
      this.#ask();
      // With the connection an answer is lost.
      outcome = await Promise.race([this.#next('caught up'), this.#next('change')]);
    }
  }

  /** Loses the connection without a close frame, and is offline for so long at least. */
  cut(offlineMs = 0): void {
    this.#offlineMs = offlineMs;
    this.#socket?.terminate();
  }

  /** Goes for good. Resolves when the socket has closed. */
  async end(farewell: Farewell): Promise<void> {
    const socket = this.#socket;
    const wasJoined = this.#state === 'joined';
    this.#state = 'ended';
    this.#timers.stopAll();
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    if (farewell === 'leave' && wasJoined) {
      socket.send('{"action":"leave","requestId":"leave"}');
      await Promise.race([this.#next('left'), closed]);
    }
    if (farewell === 'cut') socket.terminate();
    else socket.close(1000);
    await closed;
  }

  #connect(): void {
    this.counts.connects++;
    this.#options.onConnect();
    const socket = new WebSocket(this.#options.url, ['cloudmeetx.v1'], { handshakeTimeout: REPLY_MS });
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('open', () => this.#join());
    socket.on('message', (text) => this.#receive(JSON.parse(String(text)) as Frame));
    socket.on('close', () => this.#onClose());
  }

  #join(): void {
    this.#since = this.#lines.last;
    const since = this.#epoch === undefined ? undefined : { epoch: this.#epoch, seq: this.#since };
    const { session } = this.#options;
    this.#send({ action: 'join', requestId: 'join', session, since, replaces: this.#connectionId });
    this.#timers.set('join', REPLY_MS, () => this.cut());
  }

  #onClose(): void {
    if (this.#state === 'ended') return;
    this.#state = 'away';
    this.#timers.stopAll();
    const { longestDelayMs, random } = this.#options;
    const mostMs = Math.min(longestDelayMs, FIRST_DELAY_MS * 2 ** this.#attempts++);
    this.#timers.set('connect', this.#offlineMs + random() * mostMs, () => this.#connect());
    this.#offlineMs = 0;
  }

  #receive(frame: Frame): void {
    this.#options.onFrame(frame);
    if (this.#state === 'ended') {
      if (frame.requestId === 'leave') this.#changes.emit('left');
      return;
    }
    if (frame.type === 'welcome') this.#onWelcome(frame as Welcome);
    else if (frame.type === 'ack') this.#onAck(frame);
    else if (frame.type === 'error') this.#onError(frame);
    else if (frame.type === 'history') this.#onHistory(frame);
    else if (typeof frame.seq === 'number') this.#onLine(frame.seq, frame);
  }

  #onWelcome(welcome: Welcome): void {
    const { epoch, seq, entries, recovered, more } = welcome.log;
    this.welcomes.push({ since: this.#since, welcome });
    this.#epoch = epoch;
    this.#connectionId = welcome.self.connectionId;
    this.#attempts = 0;
    this.#state = 'joined';
    this.#timers.stop('join');
    for (const entry of entries) this.#onLine(Number(entry.seq), entry);
    if (!recovered) this.#lines.skipTo(seq);
    if (more) this.#ask();
    for (const requestId of this.#unanswered.keys()) {
      this.counts.repeated++;
      this.#sendChat(requestId);
    }
    this.#keepListening();
    this.#changes.emit('change');
  }

  #onAck({ requestId, seq }: Frame): void {
    const id = String(requestId);
    if (!this.#unanswered.has(id) || typeof seq !== 'number') return;
    const data = this.#unanswered.get(id);
    this.#unanswered.delete(id);
    this.#timers.stop(id);
    this.acked.push({ requestId: id, data, seq });
    this.#onLine(seq, { type: 'chat', data, seq });
    this.#changes.emit('change');
  }

  #onError(error: Frame): void {
    const id = String(error.requestId);
    const { random } = this.#options;
    if (id === 'join' || error.code === 'not_joined' || error.code === 'not_in_meeting') this.cut();
    else if (id === 'history') this.#timers.set('history', HOLE_MS, () => this.#ask());
    else if (error.retryable === true && this.#unanswered.has(id)) {
      const waitMs = Number(error.retryAfterMs ?? HOLE_MS) * (1 + random());
      this.#timers.set(id, waitMs, () => this.#sendChat(id));
    } else {
      this.refusals.push(error);
      this.#unanswered.delete(id);
      this.#changes.emit('change');
    }
  }

  #onHistory({ entries, seq }: Frame): void {
    this.#timers.stop('history');
    const lines = entries as readonly Frame[];
    // Nothing is missing between lines of a log: what is older than the first has expired.
    if (lines[0]) this.#lines.skipTo(Number(lines[0].seq) - 1);
    for (const line of lines) this.#lines.take(Number(line.seq), line);
    if (this.lastSeq < Number(seq)) {
      this.#ask();
    } else {
      this.#keepListening();
      this.#changes.emit('caught up');
    }
  }

  #onLine(seq: number, line: Frame): void {
    if (this.#lines.take(seq, line) === 'known') this.counts.duplicates++;
    this.#keepListening();
  }

  /** Lines may be missing because others came after them, or because none has come for long. */
  #keepListening(): void {
    if (this.#timers.has('history') || this.#state !== 'joined') return;
    if (!this.#lines.hasHole) {
      this.#timers.stop('hole');
      this.#timers.set('silence', this.#options.silenceMs, () => this.#ask());
    } else if (!this.#timers.has('hole')) {
      this.#timers.set('hole', HOLE_MS, () => this.#ask());
    }
  }

  #ask(): void {
    if (this.#state !== 'joined') return;
    this.counts.histories++;
    this.#send({ action: 'history', requestId: 'history', after: this.#lines.last });
    this.#timers.set('history', REPLY_MS, () => this.#ask());
  }

  #sendChat(requestId: string): void {
    if (this.#state !== 'joined') return;
    const { meetingId } = this.#options;
    const data = this.#unanswered.get(requestId);
    this.#send({ action: 'sendMessage', meetingId, messageType: 'chat', data, requestId });
    this.#timers.set(requestId, REPLY_MS, () => this.#sendChat(requestId));
  }

  #send(frame: Frame): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  async #next<Name extends string>(name: Name): Promise<Name> {
    await once(this.#changes, name);
    return name;
  }
}
