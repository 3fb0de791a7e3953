import { Connector } from './Connector.ts';
import { Emitter } from './Emitter.ts';
import { onOnline } from './environment.ts';
import type { ClientEvents, HistoryPage, HistoryRange, SentChat, Welcome } from './events.ts';
import type { Frame } from './frames.ts';
import { Incoming } from './Incoming.ts';
import type { Link, Welcomed } from './Link.ts';
import { LogFollower } from './LogFollower.ts';
import type { Self } from './MeetingClient.ts';
import { MeetingError } from './MeetingError.ts';
import { randomId, type Settings } from './options.ts';
import { createOwnAttributes, type OwnAttributes } from './ownAttributes.ts';
import { Requests } from './Requests.ts';
import { Roster } from './Roster.ts';
import type { RequestSpec } from './requestSpec.ts';
import { type ClientState, type ClosedReason, nextState, type StateEvent } from './state.ts';

/** One session of a meeting: what is known of it, and what keeps that true over one connection after the other. */
export class MeetingSession {
  readonly emitter = new Emitter<ClientEvents>((cause) => this.#onListenerError(cause));
  readonly roster: Roster;
  readonly requests: Requests;
  readonly attributes: OwnAttributes;
  state: ClientState = { status: 'connecting', attempt: 1 };
  lastWelcome: Welcome | undefined;
  readonly #settings: Settings;
  readonly #connector: Connector;
  readonly #log: LogFollower;
  readonly #incoming: Incoming;
  readonly #stopListening: () => void;
  /** How far the server's clock is ahead of this machine's. */
  #clockOffsetMs = 0;
  /** Whether a listener is being told what a listener threw. */
  #reporting: 'idle' | 'reporting' = 'idle';
  /** What the roster tells, while it waits until the welcome has been told. */
  #news: (() => void)[] | undefined;

  constructor(settings: Settings) {
    const { clock, random, session } = settings;
    this.#settings = settings;
    this.roster = new Roster(clock, (name, payload) => {
      const tell = () => this.emitter.emit(name, payload);
      if (this.#news) this.#news.push(tell);
      else tell();
    });
    // Not the session's: one that is kept over page loads must not repeat its ids.
    this.requests = new Requests(clock, random, randomId(random));
    this.attributes = createOwnAttributes(this.requests, settings.attributes, (attributes) => {
      if (this.self) this.roster.setAttributes(this.self, attributes);
    });
    this.#log = new LogFollower({
      clock,
      show: (line) => this.#incoming.showLine(line),
      ask: (after) => this.history({ after }, 'first'),
      onExpired: () => this.emitter.emit('logGap', { reason: 'lines-expired' }),
      onEpoch: () => this.#connector.current?.drop(),
    });
    this.#incoming = new Incoming({
      ...{ clock, emitter: this.emitter, roster: this.roster },
      isOwn: (author) => author.session === session && author.userId === this.self?.userId,
      takeLine: (seq, line) => this.#log.take(seq, line),
    });
    this.#connector = new Connector({
      ...settings,
      join: (replaces) => this.#join(replaces),
      onUp: (link, welcomed) => this.#onUp(link, welcomed),
      onFrame: (frame) => this.requests.settle(frame) || this.#incoming.receive(frame),
      onLost: (link) => this.#onLost(link),
      onState: (event) => this.#advance(event),
      isBehind: () => this.#log.isBehind,
    });
    this.#stopListening = onOnline(() => this.#connector.wake());
    this.#connector.connect();
  }

  /** Who this is, since the first welcome. */
  get self(): Self | undefined {
    return this.lastWelcome?.self;
  }

  /** Reads a part of the log. */
  async history(range: HistoryRange, place?: RequestSpec['place']): Promise<HistoryPage> {
    const page = await this.requests.submit({ fields: () => ({ action: 'history', ...range }), place });
    return page as unknown as HistoryPage;
  }

  /** The server tells a sender nothing of its own chats but their place. */
  takeOwnChat(data: unknown, { seq, messageId }: SentChat): void {
    const { connectionId, userId, userName } = this.self ?? {};
    const from = { connectionId, userId, userName, session: this.#settings.session };
    const timestamp = new Date(this.#now()).toISOString();
    this.#log.take(seq, { type: 'chat', from, data, timestamp, messageId, seq });
  }

  /** Ends it for good. */
  close(reason: ClosedReason): void {
    this.#connector.close(reason);
  }

  #now(): number {
    return this.#settings.clock.now() + this.#clockOffsetMs;
  }

  #join(replaces: string | undefined): Frame {
    const { session } = this.#settings;
    return { session, attributes: this.attributes.current(), since: this.#log.position, replaces };
  }

  #onUp(link: Link, { welcome: frame, participants }: Welcomed): void {
    const { type: _type, requestId: _requestId, log, ...welcome } = frame;
    const { epoch, seq, entries } = log;
    const resumption = this.#log.resumptionOf(log);
    this.#clockOffsetMs += Date.parse(welcome.serverTime) - this.#now() || 0;
    const news: (() => void)[] = [];
    this.#news = news;
    if (resumption === 'epoch-changed') this.roster.forgetLines();
    this.roster.replace({ seq, participants, lines: entries });
    this.#news = undefined;
    this.lastWelcome = { ...welcome, participants: this.roster.list(), log: { epoch, seq }, resumption };
    this.requests.use(link, welcome.limits);
    this.#advance({ kind: 'up' });
    this.#tellWelcome(this.lastWelcome);
    // Those who are there at first are in the welcome.
    if (resumption !== 'first') for (const tell of news) tell();
    if (this.state.status !== 'closed') this.#log.resume(log);
  }

  #tellWelcome(welcome: Welcome): void {
    const { resumption, locked } = welcome;
    this.emitter.emit('welcome', welcome);
    if (resumption === 'epoch-changed' || resumption === 'lines-expired') {
      this.emitter.emit('logGap', { reason: resumption });
    }
    this.#incoming.setLock(locked ? 'meetingLocked' : 'meetingUnlocked');
  }

  #onLost(link: Link): void {
    this.requests.lose(link);
    if (!this.#connector.current) this.#log.pause();
  }

  #advance(event: StateEvent): void {
    const state = nextState(this.state, event);
    if (state === this.state) return;
    this.state = state;
    if (state.status === 'closed') this.#shutDown();
    this.emitter.emit('stateChange', state);
    if (state.status === 'closed') this.emitter.close();
  }

  #shutDown(): void {
    this.#stopListening();
    this.#log.pause();
    this.requests.close(new MeetingError('client_closed', 'This client is closed.'));
    this.roster.close();
    this.#incoming.close();
  }

  #onListenerError(cause: unknown): void {
    const error = new MeetingError('listener_failed', `A listener threw: ${cause}`, { cause });
    const before = this.#reporting;
    this.#reporting = 'reporting';
    if (before === 'reporting' || !this.emitter.emit('error', error)) console.error(error);
    this.#reporting = before;
  }
}
