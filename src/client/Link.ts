import type { WelcomeFrame } from '../protocol/frames.ts';
import type { Participant } from '../protocol/participants.ts';
import type { Clock } from './clock.ts';
import type { WebSocketConstructor, WebSocketLike } from './environment.ts';
import { errorOf, type Frame, parseFrame } from './frames.ts';
import { createHeartbeat, type Heartbeat } from './Heartbeat.ts';
import { MeetingError } from './MeetingError.ts';
import type { KnownParticipant } from './Roster.ts';
import { Timers } from './Timers.ts';
import { ATTEMPT_MS } from './timing.ts';

/** A welcome with the whole roster, page by page. */
export type Welcomed = { readonly welcome: WelcomeFrame; readonly participants: readonly KnownParticipant[] };

/** Where and how to connect, and what is told of it. `onEnd` comes once, as the last, unless it was ended from outside. */
export type LinkPorts = {
  readonly url: string;
  /** The subprotocols to offer, for which a token may have to be fetched. */
  readonly protocols: () => Promise<string[]>;
  readonly webSocket: WebSocketConstructor;
  readonly clock: Clock;
  /** What the join says, when it comes to that. */
  readonly join: () => Frame;
  /** It has joined. What came meanwhile follows by `onFrame`. */
  readonly onUp: (link: Link, welcomed: Welcomed) => void;
  readonly onFrame: (frame: Frame) => void;
  readonly onEnd: (link: Link, end: LinkEnd) => void;
};

/**
 * How a link ended. `bye`: the server said so, with a code of PROTOCOL.md. `refused`: so was the join, or there can be no
 * such connection. `goingAway`: the server asks to come back. `failed`: anything else, also that it is dead.
 */
export type LinkEnd = {
  readonly kind: 'bye' | 'refused' | 'goingAway' | 'failed';
  readonly error: MeetingError;
};

/** Close codes: the server goes away, and a connection that broke. */
const GOING_AWAY = 1001;
const BROKEN = 1006;

/**
 * One connection from its first byte to its last: fetches a token, opens, joins, reads the roster, and is up. Frames that
 * come before that are held, since only the welcome tells how they stand to what was seen before.
 */
export class Link {
  /** How many messages it has sent. */
  sent = 0;
  readonly #ports: LinkPorts;
  readonly #heartbeat: Heartbeat;
  readonly #timers: Timers<'step' | 'again'>;
  readonly #participants: KnownParticipant[] = [];
  readonly #held: Frame[] = [];
  #socket: WebSocketLike | undefined;
  #state: 'opening' | 'joining' | 'up' | 'ended' = 'opening';
  #welcome: WelcomeFrame | undefined;

  constructor(ports: LinkPorts) {
    this.#ports = ports;
    this.#timers = new Timers(ports.clock);
    const ping = () => this.#socket?.send('{"action":"ping"}');
    this.#heartbeat = createHeartbeat(ports.clock, ping, () => this.drop());
    this.#limitStep();
    ports.protocols().then(
      (protocols) => this.#open(protocols),
      (cause: unknown) =>
        this.fail(new MeetingError('token_failed', 'getToken failed.', { retryable: true, cause })),
    );
  }

  /** Whether it is on its way, and hasn't got as far as being heard by the server. */
  get isOpening(): boolean {
    return this.#state === 'opening';
  }

  send(text: string): void {
    this.sent++;
    this.#heartbeat.sent();
    this.#socket?.send(text);
  }

  /** Asks whether the connection lives; if it doesn't, it ends by itself. */
  check(): void {
    if (this.#state === 'up') this.#heartbeat.check();
  }

  /** Ends it without a word to anybody. */
  end(): void {
    this.#state = 'ended';
    this.#heartbeat.stop();
    this.#timers.stopAll();
    this.#socket?.close(1000);
    this.#socket = undefined;
  }

  /** Ends it like one whose socket was closed so, or broke. */
  drop(closeCode = BROKEN): void {
    const [code, message] = this.isOpening
      ? ['unreachable', 'The server is out of reach, or refused.']
      : ['connection_lost', 'The connection was lost.'];
    const error = new MeetingError(code, message, { retryable: true, details: { closeCode } });
    this.fail(error, closeCode === GOING_AWAY ? 'goingAway' : 'failed');
  }

  /** Ends it, since it is of no use any more, and says so. */
  fail(error: MeetingError, kind: LinkEnd['kind'] = 'failed'): void {
    if (this.#state === 'ended') return;
    this.end();
    this.#ports.onEnd(this, { kind, error });
  }

  #open(protocols: string[]): void {
    if (this.#state === 'ended') return;
    this.#limitStep();
    const { url, webSocket } = this.#ports;
    try {
      const socket = new webSocket(url, protocols);
      socket.onopen = () => {
        if (this.isOpening) this.#join();
      };
      socket.onmessage = ({ data }: { readonly data: unknown }) => {
        const frame = parseFrame(data);
        if (frame) this.#receive(frame);
      };
      socket.onclose = ({ code }: { readonly code: number }) => {
        this.#socket = undefined;
        this.drop(code);
      };
      // A close always follows, and says as much as a browser tells.
      socket.onerror = () => {};
      this.#socket = socket;
    } catch (cause) {
      // No server was asked: a token with characters that can't be sent, or a page that may not use this URL.
      const message = `There can be no WebSocket: ${cause}`;
      this.fail(new MeetingError('invalid_request', message, { cause }), 'refused');
    }
  }

  #join(): void {
    this.#state = 'joining';
    this.#request({ action: 'join', requestId: 'join', ...this.#ports.join() });
  }

  #request(frame: Frame): void {
    this.#limitStep();
    this.send(JSON.stringify(frame));
  }

  #limitStep(): void {
    const error = new MeetingError('timed_out', 'No answer in time.', { retryable: true });
    this.#timers.set('step', ATTEMPT_MS, () => this.fail(error));
  }

  #receive(frame: Frame): void {
    const { type, requestId } = frame;
    this.#heartbeat.heard();
    if (type === 'pong' || this.#state === 'ended') return;
    if (type === 'bye') this.fail(errorOf(frame), type);
    else if (this.#state === 'up') this.#ports.onFrame(frame);
    // API Gateway's own words: of what a link asks nothing else can be meant.
    else if (typeof type !== 'string') this.fail(errorOf(frame));
    else if (requestId === 'join' || requestId === 'roster') this.#onReply(frame);
    else this.#held.push(frame);
  }

  #onReply(frame: Frame): void {
    if (frame.type === 'error') this.#onError(errorOf(frame), frame.requestId);
    else if (frame.type === 'welcome') this.#onWelcome(frame as unknown as WelcomeFrame);
    else if (frame.type === 'participants') this.#onPage(frame as unknown as Page);
  }

  #onWelcome(welcome: WelcomeFrame): void {
    const { participants, participantCount, log } = welcome;
    this.#welcome = welcome;
    this.#onPage({ seq: log.seq, participants, more: participants.length < participantCount });
  }

  #onPage({ seq, participants, more }: Page): void {
    for (const participant of participants) this.#participants.push({ participant, asOf: seq });
    const last = participants.at(-1);
    if (more && last) this.#request({ action: 'participants', requestId: 'roster', after: last.userId });
    else if (this.#welcome) this.#rise(this.#welcome);
  }

  #rise(welcome: WelcomeFrame): void {
    this.#state = 'up';
    this.#timers.stopAll();
    this.#ports.onUp(this, { welcome, participants: this.#participants });
    // Whoever is told may have ended it.
    for (const frame of this.#held) if (this.#state === 'up') this.#ports.onFrame(frame);
  }

  #onError(error: MeetingError, requestId: unknown): void {
    if (requestId !== 'join') this.fail(error);
    else if (error.code !== 'rate_limited') this.fail(error, 'refused');
    else this.#timers.set('again', error.retryAfterMs ?? 1000, () => this.#join());
  }
}

type Page = {
  readonly seq: number;
  readonly participants: readonly Participant[];
  readonly more: boolean;
};
