import { protocolLimits } from '../protocol/limits.ts';
import type { Author, DepartureReason, EventFrame, Role } from '../protocol/participants.ts';
import { Connector } from './Connector.ts';
import { Emitter, type Listener } from './Emitter.ts';
import { onOnline } from './environment.ts';
import type {
  Attributes,
  ClientEvents,
  Delivery,
  DirectTarget,
  HistoryPage,
  HistoryRange,
  SentChat,
  Welcome,
} from './events.ts';
import type { Frame } from './frames.ts';
import { Incoming } from './Incoming.ts';
import type { Link, Welcomed } from './Link.ts';
import { LogFollower } from './LogFollower.ts';
import { MeetingError } from './MeetingError.ts';
import { Outgoing } from './Outgoing.ts';
import { randomId, type Settings } from './options.ts';
import type { MeetingParticipant } from './participants.ts';
import { Requests } from './Requests.ts';
import { Roster } from './Roster.ts';
import { type ClientState, nextState, type StateEvent } from './state.ts';

/** Who this client is, in the server's words. */
export type Self = Author & { readonly role: Role; readonly joinedAt: string };

/**
 * A participant's client: keeps a connection to a meeting up, knows who is there, shows every chat once and in order,
 * and makes requests. `createMeetingClient` makes one, which connects at once.
 *
 * Requests resolve to what the server acks, or reject with a {@link MeetingError}. While there is no connection they
 * wait for one.
 */
export class MeetingClient {
  readonly session: string;
  readonly meetingId: string;
  readonly #emitter = new Emitter<ClientEvents>((cause) => this.#onListenerError(cause));
  readonly #requests: Requests;
  readonly #connector: Connector;
  readonly #log: LogFollower;
  readonly #roster: Roster;
  readonly #incoming: Incoming;
  readonly #outgoing: Outgoing;
  readonly #now: () => number;
  readonly #stopListening: () => void;
  #state: ClientState = { status: 'connecting', attempt: 1 };
  #self: Self | undefined;
  #lastWelcome: Welcome | undefined;
  #limits: Readonly<Record<string, number>> = protocolLimits;
  /** How far the server's clock is ahead of this machine's. */
  #clockOffsetMs = 0;
  /** Whether a listener is being told what a listener threw. */
  #reporting: 'idle' | 'reporting' = 'idle';
  /** What the roster tells, while it waits until the welcome has been told. */
  #news: (() => void)[] | undefined;

  constructor(settings: Settings) {
    const { clock, random, session, meetingId } = settings;
    this.session = session;
    this.meetingId = meetingId;
    this.#now = () => clock.now() + this.#clockOffsetMs;
    const tell = (news: () => void) => (this.#news ? void this.#news.push(news) : news());
    this.#roster = new Roster(clock, {
      joined: (participant) => tell(() => this.#emitter.emit('participantJoined', participant)),
      updated: (participant) => tell(() => this.#emitter.emit('participantUpdated', participant)),
      left: (departure) => {
        for (const connection of departure.participant.connections)
          this.#incoming.forget({ ...connection, userId: departure.participant.userId });
        tell(() => this.#emitter.emit('participantLeft', departure));
      },
    });
    const instance = randomId(random);
    let requestCount = 0;
    this.#requests = new Requests({
      ...{ clock, random },
      // Not the session's: one that is kept over page loads must not repeat its ids.
      newId: () => `${instance}.${++requestCount}`,
      frameBytes: () => this.#limit('frameBytes'),
    });
    const toServer = {
      ...{ meetingId, requests: this.#requests, roster: this.#roster },
      limit: (name: keyof typeof protocolLimits) => this.#limit(name),
      onChatLogged: (data: unknown, sent: SentChat) => this.#takeOwnChat(data, sent),
      onAttributes: (attributes: Attributes) => this.#showOwnAttributes(attributes),
    };
    this.#outgoing = new Outgoing(toServer, settings.attributes);
    this.#log = new LogFollower({
      clock,
      show: (line) => this.#incoming.showLine(line),
      ask: (after) =>
        this.#outgoing.history({ after }, 'first') as Promise<HistoryPage & { entries: Frame[] }>,
      onExpired: () => this.#emitter.emit('logGap', { reason: 'lines-expired' }),
      onEpoch: () =>
        this.#connector.current?.fail(new MeetingError('connection_lost', 'The connection was lost.')),
    });
    this.#incoming = new Incoming({
      ...{ clock, emitter: this.#emitter, roster: this.#roster },
      isOwn: (author) => author.session === session && author.userId === this.#self?.userId,
      takeLine: (seq, line) => this.#log.take(seq, line),
    });
    this.#connector = new Connector({
      ...settings,
      join: (replaces) => this.#join(replaces),
      onUp: (link, welcomed) => this.#onUp(link, welcomed),
      onFrame: (frame) => this.#requests.settle(frame) || this.#incoming.receive(frame),
      onLost: (link) => this.#onLost(link),
      onState: (event) => this.#advance(event),
      isBehind: () => this.#log.isBehind,
    });
    this.#stopListening = onOnline(() => this.#connector.wake());
    this.#connector.connect();
  }

  /** Where it stands; `stateChange` tells of each change. */
  get state(): ClientState {
    return this.#state;
  }

  /** Who this is, since the first welcome. */
  get self(): Self | undefined {
    return this.#self;
  }

  /** What the last welcome said: limits, ICE servers; undefined before the first. */
  get lastWelcome(): Welcome | undefined {
    return this.#lastWelcome;
  }

  /** Who is there, this client's user included. */
  get participants(): readonly MeetingParticipant[] {
    return this.#roster.list();
  }

  /** Calls a listener with each event of this name. Returns what takes it away again. */
  on<Name extends keyof ClientEvents>(name: Name, listener: Listener<ClientEvents[Name]>): () => void {
    return this.#emitter.on(name, listener);
  }

  /** Calls a listener with the next event of this name. Returns what takes it away before. */
  once<Name extends keyof ClientEvents>(name: Name, listener: Listener<ClientEvents[Name]>): () => void {
    return this.#emitter.once(name, listener);
  }

  /** Takes a listener away that `on` was given. */
  off<Name extends keyof ClientEvents>(name: Name, listener: Listener<ClientEvents[Name]>): void {
    this.#emitter.off(name, listener);
  }

  /** The events of this name from now on, to be iterated once; ends when the client is closed. */
  events<Name extends keyof ClientEvents>(name: Name): AsyncIterableIterator<ClientEvents[Name]> {
    return this.#emitter.events(name);
  }

  /**
   * Sends a chat to everyone: one at a time, in the order of the calls; resolves when it is in the log. `chat` tells of
   * it at its place there. Sent while there is no connection it is delivered once, later. A `requestId` of one's own
   * lets a rejected chat be sent again without being doubled.
   */
  sendChat(data: unknown, { requestId }: { readonly requestId?: string } = {}): Promise<SentChat> {
    return this.#outgoing.chat(data, requestId);
  }

  /** Sends a message to one session, user or connection. */
  send(target: DirectTarget, messageType: string, data: unknown): Promise<Delivery> {
    return this.#outgoing.message(messageType, data, target);
  }

  /** Sends a message to everyone who is there now; it isn't logged. */
  async broadcast(messageType: string, data: unknown): Promise<Delivery> {
    if (messageType === 'chat')
      throw new MeetingError('invalid_message_type', 'Use sendChat for chats to everyone.');
    return this.#outgoing.message(messageType, data);
  }

  /** Sends a signal: signals of one sender to one target are received in their order. */
  signal(target: DirectTarget, data: unknown): Promise<Delivery> {
    return this.#outgoing.signal(target, data);
  }

  /** Replaces what this connection tells of itself. Resolves when the server has this or a later word. */
  update(attributes: Attributes): Promise<void> {
    return this.#outgoing.update(attributes);
  }

  /** Reads a part of the log. */
  history(range: HistoryRange = {}): Promise<HistoryPage> {
    return this.#outgoing.history(range);
  }

  /** Removes a user from the meeting; hosts only. */
  remove(userId: string): Promise<void> {
    return this.#outgoing.command({ action: 'remove', userId }, 'target-may-be-gone');
  }

  /** Lets nobody else in; hosts only. */
  lock(): Promise<void> {
    return this.#outgoing.command({ action: 'lock' });
  }

  /** Lets others in again; hosts only. */
  unlock(): Promise<void> {
    return this.#outgoing.command({ action: 'unlock' });
  }

  /** Leaves, and closes the client. Resolves when that is done, whether or not the server could be told. */
  async leave(): Promise<void> {
    if (this.#state.status === 'open') await this.#outgoing.leave().catch(() => {});
    this.#connector.close('left');
  }

  /** Closes the client at once: the others see that it has left. */
  close(): void {
    this.#connector.close('closed');
  }

  #join(replaces: string | undefined): Frame {
    const { attributes } = this.#outgoing;
    return { session: this.session, attributes, since: this.#log.position, replaces };
  }

  #onUp(link: Link, { welcome, participants }: Welcomed): void {
    const { log, self, limits } = welcome;
    const resumption = this.#log.resumptionOf(log);
    this.#self = self;
    this.#limits = limits;
    this.#clockOffsetMs += Date.parse(welcome.serverTime) - this.#now() || 0;
    const news: (() => void)[] = [];
    this.#news = news;
    if (resumption === 'epoch-changed') this.#roster.forgetLines();
    this.#roster.replace({ seq: log.seq, participants, departures: departuresIn(log.entries) });
    this.#news = undefined;
    this.#requests.use(link, limits, link.sent);
    this.#advance({ kind: 'up' });
    this.#tellWelcome(welcome, resumption);
    // Those who are there at first are in the welcome.
    if (resumption !== 'first') for (const tell of news) tell();
    if (this.#state.status !== 'closed') this.#log.resume(log);
  }

  #tellWelcome(frame: Welcomed['welcome'], resumption: ClientEvents['welcome']['resumption']): void {
    const { type: _type, requestId: _requestId, log, ...welcome } = frame;
    const { epoch, seq } = log;
    this.#lastWelcome = { ...welcome, participants: this.#roster.list(), log: { epoch, seq }, resumption };
    this.#emitter.emit('welcome', this.#lastWelcome);
    if (resumption === 'epoch-changed' || resumption === 'lines-expired') {
      this.#emitter.emit('logGap', { reason: resumption });
    }
    this.#incoming.setLock(welcome.locked ? 'locked' : 'unlocked');
  }

  #onLost(link: Link): void {
    this.#requests.lose(link);
    if (!this.#connector.current) this.#log.pause();
  }

  #advance(event: StateEvent): void {
    const state = nextState(this.#state, event);
    if (state === this.#state) return;
    this.#state = state;
    if (state.status === 'closed') this.#shutDown();
    this.#emitter.emit('stateChange', state);
    if (state.status === 'closed') this.#emitter.close();
  }

  #shutDown(): void {
    const error = clientClosed();
    this.#stopListening();
    this.#log.pause();
    this.#requests.close(error);
    this.#roster.close();
    this.#incoming.close();
  }

  /** The server tells a sender nothing of its own chats but their place. */
  #takeOwnChat(data: unknown, { seq, messageId }: SentChat): void {
    const { connectionId, userId, userName } = this.#self ?? {};
    const from = { connectionId, userId, userName, session: this.session };
    const timestamp = new Date(this.#now()).toISOString();
    this.#log.take(seq, { type: 'chat', from, data, timestamp, messageId, seq });
  }

  #showOwnAttributes(attributes: Attributes): void {
    if (this.#self) this.#roster.setAttributes(this.#self.userId, this.#self.connectionId, attributes);
  }

  #limit(name: keyof typeof protocolLimits): number {
    return Math.min(protocolLimits[name], this.#limits[name] ?? protocolLimits[name]);
  }

  #onListenerError(cause: unknown): void {
    const error = new MeetingError('listener_failed', `A listener threw: ${cause}`, { cause });
    if (this.#emitter.hasListeners('error') && this.#reporting === 'idle') {
      this.#reporting = 'reporting';
      this.#emitter.emit('error', error);
      this.#reporting = 'idle';
    } else {
      console.error(error);
    }
  }
}

const clientClosed = () => new MeetingError('client_closed', 'This client is closed.');
/** Why those left of whom lines tell it; who came back meanwhile is in the roster. */
function departuresIn(lines: readonly Frame[]): ReadonlyMap<string, DepartureReason> {
  const departures = new Map<string, DepartureReason>();
  for (const { type, data } of lines) {
    if (type !== 'event') continue;
    const event = data as EventFrame['data'];
    if (event.eventType === 'user-left') departures.set(event.userId, event.reason);
  }
  return departures;
}
