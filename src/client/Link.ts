import type { WelcomeFrame } from '../protocol/frames.ts';
import type { Participant } from '../protocol/participants.ts';
import { ClientSocket, type WebSocketConstructor } from './ClientSocket.ts';
import type { Clock } from './clock.ts';
import { errorOf, type Frame } from './frames.ts';
import { Heartbeat } from './Heartbeat.ts';
import { MeetingError } from './MeetingError.ts';
import type { KnownParticipant } from './Roster.ts';
import { Timers } from './Timers.ts';
import { ATTEMPT_MS } from './timing.ts';

/** Where and how to connect. */
export type LinkTarget = {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly webSocket: WebSocketConstructor;
  readonly clock: Clock;
  /** What the join says, when it comes to that. */
  readonly join: () => Frame;
};

/** A welcome with the whole roster, page by page. */
export type Welcomed = { readonly welcome: WelcomeFrame; readonly participants: readonly KnownParticipant[] };

/** What is told of a link. `onEnd` comes once, as the last, unless the link was ended from outside. */
export type LinkHandlers = {
  /** It has joined. What came meanwhile follows by `onFrame`. */
  readonly onUp: (link: Link, welcomed: Welcomed) => void;
  readonly onFrame: (frame: Frame) => void;
  readonly onEnd: (link: Link, end: LinkEnd) => void;
};

/**
 * How a link ended. `bye`: the server said so, with a code of PROTOCOL.md. `refused`: so was the join. `goingAway`: the
 * server asks to come back. `failed`: anything else, also that there never was a connection, or that it is dead.
 */
export type LinkEnd = {
  readonly kind: 'bye' | 'refused' | 'goingAway' | 'failed';
  readonly error: MeetingError;
};

const GOING_AWAY = 1001;

/**
 * One connection from its first byte to its last: opens, joins, reads the roster, and is up. Frames that come before
 * that are held, since only the welcome tells how they stand to what was seen before.
 */
export class Link {
  readonly #target: LinkTarget;
  readonly #handlers: LinkHandlers;
  readonly #socket: ClientSocket;
  readonly #heartbeat: Heartbeat;
  readonly #timers: Timers<'step' | 'again'>;
  readonly #participants: KnownParticipant[] = [];
  #state: 'opening' | 'joining' | 'up' | 'ended' = 'opening';
  #held: Frame[] = [];
  #welcome: WelcomeFrame | undefined;
  #sent = 0;

  constructor(target: LinkTarget, handlers: LinkHandlers) {
    this.#target = target;
    this.#handlers = handlers;
    const { clock, url, protocols, webSocket } = target;
    this.#timers = new Timers(clock);
    this.#heartbeat = new Heartbeat({
      clock,
      ping: () => this.#socket.send('{"action":"ping"}'),
      onDead: () => this.fail(new MeetingError('connection_lost', 'The connection was lost.')),
    });
    this.#socket = new ClientSocket(new webSocket(url, [...protocols]), {
      onOpen: () => this.#join(),
      onFrame: (frame) => this.#receive(frame),
      onEnd: (code) => this.#onEnd(code),
    });
    this.#limitStep();
  }

  /** Whether it is on its way, and hasn't got as far as being heard by the server. */
  get isOpening(): boolean {
    return this.#state === 'opening';
  }

  /** The name of its connection, once it is up. */
  get connectionId(): string | undefined {
    return this.#welcome?.self.connectionId;
  }

  /** How many messages it has sent. */
  get sent(): number {
    return this.#sent;
  }

  send(text: string): void {
    this.#sent++;
    this.#heartbeat.sent();
    this.#socket.send(text);
  }

  /** Asks whether the connection lives; if it doesn't, it ends by itself. */
  check(): void {
    if (this.#state === 'up') this.#heartbeat.check();
  }

  /** Ends it without a word to its handlers. */
  end(): void {
    this.#state = 'ended';
    this.#heartbeat.stop();
    this.#timers.stopAll();
    this.#held = [];
    this.#socket.end();
  }

  /** Ends it, since it is of no use any more, and says so. */
  fail(error: MeetingError, kind: LinkEnd['kind'] = 'failed'): void {
    this.end();
    this.#handlers.onEnd(this, { kind, error });
  }

  #join(): void {
    this.#state = 'joining';
    this.#request({ action: 'join', requestId: 'join', ...this.#target.join() });
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
    this.#heartbeat.heard();
    if (frame.type === 'bye') {
      this.fail(errorOf(frame), 'bye');
    } else if (frame.type === 'pong') {
      return;
    } else if (this.#state === 'up') {
      this.#handlers.onFrame(frame);
    } else if (typeof frame.type !== 'string') {
      // API Gateway's own words, and of what the link asks nothing else can be meant.
      this.fail(new MeetingError('gateway_error', String(frame.message), { retryable: true }));
    } else if (!this.#takeReply(frame)) {
      this.#held.push(frame);
    }
  }

  /** Takes what answers a request of the link's own. */
  #takeReply(frame: Frame): boolean {
    const { type, requestId } = frame;
    if (requestId !== 'join' && requestId !== 'roster') return false;
    if (type === 'error') this.#onError(errorOf(frame), requestId);
    else if (type === 'welcome') this.#onWelcome(frame as unknown as WelcomeFrame);
    else if (type === 'participants') this.#onPage(frame as unknown as Page);
    return true;
  }

  #onWelcome(welcome: WelcomeFrame): void {
    this.#welcome = welcome;
    const more = welcome.participants.length < welcome.participantCount;
    this.#onPage({ seq: welcome.log.seq, participants: welcome.participants, more });
  }

  #onPage({ seq, participants, more }: Page): void {
    for (const participant of participants) this.#participants.push({ participant, asOf: seq });
    const last = participants.at(-1);
    if (more && last) {
      this.#request({ action: 'participants', requestId: 'roster', after: last.userId });
    } else if (this.#welcome) {
      this.#rise(this.#welcome);
    }
  }

  #rise(welcome: WelcomeFrame): void {
    this.#state = 'up';
    this.#timers.stopAll();
    this.#handlers.onUp(this, { welcome, participants: this.#participants.splice(0) });
    // The handlers may have ended it.
    for (const frame of this.#held.splice(0)) {
      if (this.#state === 'up') this.#handlers.onFrame(frame);
    }
  }

  #onError(error: MeetingError, requestId: 'join' | 'roster'): void {
    if (requestId !== 'join') this.fail(error);
    else if (error.code !== 'rate_limited') this.fail(error, 'refused');
    else this.#timers.set('again', error.retryAfterMs ?? 1000, () => this.#join());
  }

  #onEnd(closeCode: number): void {
    const [code, message] =
      this.#state === 'opening'
        ? ['unreachable', 'The server is out of reach, or refused.']
        : ['connection_lost', 'The connection was lost.'];
    const error = new MeetingError(code, message, { retryable: true, details: { closeCode } });
    this.fail(error, closeCode === GOING_AWAY ? 'goingAway' : 'failed');
  }
}

type Page = {
  readonly seq: number;
  readonly participants: readonly Participant[];
  readonly more: boolean;
};
