import type { Author, Role } from '../protocol/participants.ts';
import type { Listener } from './Emitter.ts';
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
import type { MeetingParticipant } from './participants.ts';
import type { ClientState } from './state.ts';

/** Who this client is, in the server's words. */
export type Self = Author & { readonly role: Role; readonly joinedAt: string };

/**
 * A participant's client: keeps a connection to a meeting up, knows who is there, shows every chat once and in order,
 * and makes requests. `createMeetingClient` makes one, which connects at once.
 *
 * Requests resolve to what the server acks, or reject with a {@link MeetingError}. While there is no connection they
 * wait for one.
 */
export interface MeetingClient {
  readonly session: string;
  readonly meetingId: string;

  /** Where it stands; `stateChange` tells of each change. */
  readonly state: ClientState;

  /** Who this is, since the first welcome. */
  readonly self: Self | undefined;

  /** What the last welcome said: limits, ICE servers; undefined before the first. */
  readonly lastWelcome: Welcome | undefined;

  /** Who is there, this client's user included. */
  readonly participants: readonly MeetingParticipant[];

  /** Calls a listener with each event of this name. Returns what takes it away again. */
  on<Name extends keyof ClientEvents>(name: Name, listener: Listener<ClientEvents[Name]>): () => void;

  /** Calls a listener with the next event of this name. Returns what takes it away before. */
  once<Name extends keyof ClientEvents>(name: Name, listener: Listener<ClientEvents[Name]>): () => void;

  /** Takes a listener away that `on` was given. */
  off<Name extends keyof ClientEvents>(name: Name, listener: Listener<ClientEvents[Name]>): void;

  /** The events of this name from now on, to be iterated once; ends when the client is closed. */
  events<Name extends keyof ClientEvents>(name: Name): AsyncIterableIterator<ClientEvents[Name]>;

  /**
   * Sends a chat to everyone: one at a time, in the order of the calls; resolves when it is in the log. `chat` tells of
   * it at its place there. Sent while there is no connection it is delivered once, later. A `requestId` of one's own
   * lets a rejected chat be sent again without being doubled.
   */
  sendChat(data: unknown, options?: { readonly requestId?: string }): Promise<SentChat>;

  /** Sends a message to one session, user or connection. */
  send(target: DirectTarget, messageType: string, data: unknown): Promise<Delivery>;

  /** Sends a message to everyone who is there now; it isn't logged. */
  broadcast(messageType: string, data: unknown): Promise<Delivery>;

  /** Sends a signal: signals of one sender to one target are received in their order. */
  signal(target: DirectTarget, data: unknown): Promise<Delivery>;

  /** Replaces what this connection tells of itself. Resolves when the server has this or a later word. */
  update(attributes: Attributes): Promise<void>;

  /** Reads a part of the log. */
  history(range?: HistoryRange): Promise<HistoryPage>;

  /** Removes a user from the meeting; hosts only. */
  remove(userId: string): Promise<void>;

  /** Lets nobody else in; hosts only. */
  lock(): Promise<void>;

  /** Lets others in again; hosts only. */
  unlock(): Promise<void>;

  /** Leaves, and closes the client. Resolves when that is done, whether or not the server could be told. */
  leave(): Promise<void>;

  /** Closes the client at once: the others see that it has left. */
  close(): void;
}
