import type {
  Author,
  DepartureReason,
  EventFrame,
  Participant,
  ParticipantConnection,
} from '../protocol/participants.ts';
import type { Connection } from './ports.ts';
import { type HeldConnection, isPresent, newestJoined, type User } from './user.ts';

/** What others are to be told of a change, if anything: logged for ever, or live for whoever is there. */
export type Telling = { readonly kind: 'logged' | 'live'; readonly frame: EventFrame };

/** A change of one user, and what brought it about. */
export type Occasion = {
  readonly before: User | undefined;
  readonly after: User | undefined;
  /** The connection that came, went or changed. */
  readonly connection: Connection;
  /** Read when the user is gone after the change. */
  readonly reason: DepartureReason;
  readonly nowMs: number;
};

/**
 * People, not sockets: the first connection to join is a person joining, the last to go is a person leaving, and
 * whatever else others can see between the two is an update.
 */
export function tellingOf({ before, after, connection, reason, nowMs }: Occasion): Telling | undefined {
  const participant = participantOf(after);
  if (!participant) {
    if (!isPresent(before)) return undefined;
    return { kind: 'logged', frame: userLeft(connection, reason, nowMs) };
  }
  const { userId, userName } = participant;
  const held = after?.held.find((other) => other.connection.connectionId === connection.connectionId);
  const author = held?.connection ?? connection;
  const frame = (eventType: 'user-joined' | 'user-updated') =>
    eventFrame(author, { eventType, userId, userName, participant }, nowMs);
  if (!isPresent(before)) return { kind: 'logged', frame: frame('user-joined') };
  if (looksSame(participantOf(before), participant)) return undefined;
  return { kind: 'live', frame: frame('user-updated') };
}

/** What is said of a person who is gone: the connection is the last they had. */
export function userLeft(connection: Connection, reason: DepartureReason, nowMs: number): EventFrame {
  const { userId, userName } = connection;
  return eventFrame(connection, { eventType: 'user-left', userId, userName, reason }, nowMs);
}

/** What is said of a meeting that a host has locked or unlocked. */
export function lockChanged(host: Connection, lock: 'locked' | 'unlocked', nowMs: number): EventFrame {
  const { userId, userName } = host;
  return eventFrame(host, { eventType: `meeting-${lock}`, userId, userName }, nowMs);
}

/** The user as others see them; undefined when no connection has joined. */
export function participantOf(user: User | undefined): Participant | undefined {
  const joined = (user?.held ?? []).flatMap(joinedConnection);
  const newest = newestJoined(user);
  if (!user || !newest || user.joinedAtMs === undefined) return undefined;
  return {
    userId: newest.userId,
    userName: newest.userName,
    role: newest.role ?? 'participant',
    joinedAt: new Date(user.joinedAtMs).toISOString(),
    rev: user.rev,
    connections: joined,
  };
}

/** How a connection is named in what it sends and does. */
export function authorOf({ connectionId, userId, userName, session }: Connection): Author {
  return { connectionId, userId, userName, session };
}

function eventFrame(connection: Connection, data: EventFrame['data'], nowMs: number): EventFrame {
  const timestamp = new Date(nowMs).toISOString();
  return { type: 'event', origin: 'server', from: authorOf(connection), data, timestamp };
}

function joinedConnection({ connection, attributes }: HeldConnection): readonly ParticipantConnection[] {
  const { connectionId, session, joinedAtMs } = connection;
  if (joinedAtMs === undefined) return [];
  return [{ connectionId, session, joinedAt: new Date(joinedAtMs).toISOString(), attributes }];
}

/** Both were made by the same code from the same stored values, so equal ones have equal text. */
function looksSame(a: Participant | undefined, b: Participant): boolean {
  return JSON.stringify({ ...a, rev: 0 }) === JSON.stringify({ ...b, rev: 0 });
}
