import type {
  Attributes,
  ClientEvents,
  ClientState,
  HistoryPage,
  HistoryRange,
  LogEntry,
  MeetingClientOptions,
  MeetingParticipant,
  SentChat,
} from '../../src/client/index.ts';
import type { MeetingPeer, PeerEvents } from '../../src/client/peers/index.ts';
import type { CallClient, CallPeers } from '../meeting/ports.ts';
import { id } from './id.ts';

const AT = '2026-11-22T08:00:00.000Z';

/** Calls listeners by the event's name. */
class Events<Payloads> {
  readonly #listeners = new Map<keyof Payloads, Set<(payload: never) => void>>();

  on<Name extends keyof Payloads>(name: Name, listener: (payload: Payloads[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  emit<Name extends keyof Payloads>(name: Name, payload: Payloads[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(payload as never);
  }
}

/** A participant with one tab, but for what a test says of them. */
export function aParticipant(userName: string, given: Partial<MeetingParticipant> = {}): MeetingParticipant {
  const userId = id<MeetingParticipant['userId']>(userName.toLowerCase());
  return {
    ...{ userId, userName, role: 'participant', rev: 1, presence: 'here', joinedAt: AT },
    connections: [{ connectionId: id(`${userId}=`), session: `${userId}-tab`, joinedAt: AT, attributes: {} }],
    ...given,
  };
}

/** A client without a server: a test says what happens, and sees what was asked for. */
export class FakeClient implements CallClient {
  readonly session = 'me-tab';
  readonly meetingId: string;
  readonly options: MeetingClientOptions;
  readonly updates: Attributes[] = [];
  readonly chats: { readonly data: unknown; readonly requestId: string | undefined }[] = [];
  readonly commands: string[] = [];
  readonly ranges: HistoryRange[] = [];
  readonly emitter = new Events<ClientEvents>();
  state: ClientState = { status: 'connecting', attempt: 1 };
  self: CallClient['self'];
  participants: readonly MeetingParticipant[] = [];
  log: LogEntry[] = [];
  sendChatResult: () => Promise<SentChat> = async () => ({ seq: 1, messageId: 'm1' });

  constructor(options: MeetingClientOptions) {
    this.options = options;
    this.meetingId = options.meetingId;
  }

  on<Name extends keyof ClientEvents>(name: Name, listener: (payload: ClientEvents[Name]) => void) {
    return this.emitter.on(name, listener);
  }

  /** Lets it in, with these others. */
  welcome(...others: readonly MeetingParticipant[]): void {
    const me = aParticipant('Me', { role: 'host' });
    this.self = {
      connectionId: id('me='),
      userId: id('me'),
      userName: 'Me',
      session: 'me-tab',
      role: 'host',
      joinedAt: AT,
    };
    this.participants = [me, ...others];
    this.become({ status: 'open' });
    this.emitter.emit('welcome', {
      meetingId: id(this.meetingId),
      ...{ self: this.self, participants: this.participants },
      ...{ participantCount: others.length + 1, locked: false, iceServers: [], limits: {}, serverTime: AT },
      log: { epoch: 'e', seq: this.log.at(-1)?.seq ?? 0 },
      resumption: 'first',
    });
  }

  /** Moves it to a state. */
  become(state: ClientState): void {
    this.state = state;
    this.emitter.emit('stateChange', state);
  }

  /** Tells of a participant that has changed. */
  change(participant: MeetingParticipant): void {
    this.participants = this.participants.map((other) =>
      other.userId === participant.userId ? participant : other,
    );
    this.emitter.emit('participantUpdated', participant);
  }

  async sendChat(data: unknown, { requestId }: { readonly requestId?: string } = {}): Promise<SentChat> {
    this.chats.push({ data, requestId });
    return this.sendChatResult();
  }

  async update(attributes: Attributes): Promise<void> {
    this.updates.push(attributes);
  }

  async history(range: HistoryRange = {}): Promise<HistoryPage> {
    this.ranges.push(range);
    const { before = Number.POSITIVE_INFINITY, limit = 100 } = range;
    const found = this.log.filter(({ seq }) => seq < before);
    return {
      ...{ epoch: 'e', seq: this.log.at(-1)?.seq ?? 0 },
      entries: found.slice(-limit),
      more: found.length > limit,
    };
  }

  async remove(userId: string): Promise<void> {
    this.commands.push(`remove ${userId}`);
  }

  async lock(): Promise<void> {
    this.commands.push('lock');
  }

  async unlock(): Promise<void> {
    this.commands.push('unlock');
  }

  async leave(): Promise<void> {
    this.become({ status: 'closed', reason: 'left' });
  }

  close(): void {
    this.become({ status: 'closed', reason: 'closed' });
  }
}

/** A mesh without WebRTC: a test says who is there and how loud. */
export class FakePeers implements CallPeers {
  readonly emitter = new Events<PeerEvents>();
  readonly sent: { audio: MediaStreamTrack | null; video: MediaStreamTrack | null } = {
    audio: null,
    video: null,
  };
  readonly levels = new Map<string, number>();
  peers: readonly MeetingPeer[] = [];
  state: 'open' | 'closed' = 'open';

  on<Name extends keyof PeerEvents>(name: Name, listener: (payload: PeerEvents[Name]) => void) {
    return this.emitter.on(name, listener);
  }

  async setTrack(kind: 'audio' | 'video', track: MediaStreamTrack | null): Promise<void> {
    this.sent[kind] = track;
  }

  async stats(): Promise<[]> {
    return [];
  }

  audioLevelOf({ userId }: { readonly userId: string }): number {
    return this.levels.get(userId) ?? 0;
  }

  close(): void {
    this.state = 'closed';
  }
}
