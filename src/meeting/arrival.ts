import type { UserId } from '../protocol/ids.ts';
import type { Role } from '../protocol/participants.ts';
import type { Connection, MembershipLimits, Unwelcome } from './ports.ts';
import { exceedsMeeting, isMember, isPresent, newestJoined, type User } from './user.ts';

/** What a meeting remembers besides its users, for as long as anybody who joined is there. */
export type MeetingState = {
  /** Who joined first, where tokens don't say who is host. */
  readonly host: UserId | undefined;
  readonly lock: Lock | undefined;
};

/** A lock, and who was there when it was set: they may come back. */
type Lock = { readonly admitted: readonly UserId[] };

/** A meeting that somebody comes to. */
export type Meeting = {
  /** Whether anybody has joined: only then does the state hold. */
  readonly populated: boolean;
  readonly state: MeetingState;
  readonly members: number;
};

/** The state of a meeting that nobody has joined. */
export const freshState: MeetingState = { host: undefined, lock: undefined };

/** What of a meeting's state holds now. */
export const stateIn = ({ populated, state }: Pick<Meeting, 'populated' | 'state'>): MeetingState =>
  populated ? state : freshState;

/** The role that a connection has once it has joined: the token's word, else that of who came first. */
export function roleOnJoining(connection: Connection, user: User | undefined, meeting: Meeting): Role {
  const { role, userId } = connection;
  if (role !== undefined) return role;
  const present = newestJoined(user)?.role;
  if (present !== undefined) return present;
  return !meeting.populated || meeting.state.host === userId ? 'host' : 'participant';
}

/**
 * The state after a join, if it has to be written: whoever becomes host by coming writes it, changed or not, so that of
 * two who come at once one meets the other's.
 */
export function stateAfterJoining(
  connection: Connection,
  user: User | undefined,
  meeting: Meeting,
): MeetingState | undefined {
  if (isPresent(user)) return undefined;
  const hosts = connection.role === undefined && roleOnJoining(connection, user, meeting) === 'host';
  if (hosts) return { ...stateIn(meeting), host: connection.userId };
  const { host, lock } = meeting.state;
  return !meeting.populated && (host !== undefined || lock !== undefined) ? freshState : undefined;
}

/** The state after a host has locked or unlocked the meeting; undefined: it was so already. */
export function withLock(
  state: MeetingState,
  lock: 'locked' | 'unlocked',
  users: Iterable<User>,
): MeetingState | undefined {
  if ((lock === 'locked') === (state.lock !== undefined)) return undefined;
  if (lock === 'unlocked') return { ...state, lock: undefined };
  const admitted = [...users].flatMap((user) => newestJoined(user)?.userId ?? []);
  return { ...state, lock: { admitted } };
}

/** Somebody who comes: a user before and after the change that would let them in. */
export type Arriving = {
  readonly connection: Connection;
  readonly before: User | undefined;
  readonly after: User | undefined;
  readonly banned: boolean;
  readonly limits: MembershipLimits;
  /** As in `Joining`. */
  readonly replaces?: string | undefined;
};

/** Why somebody may not become a member now; undefined: they may. Nobody is asked who becomes none by the change. */
export function unwelcome(
  { connection, before, after, banned, limits, replaces }: Arriving,
  meeting: Meeting,
): Unwelcome | undefined {
  const admitted = after?.held.find((other) => other.connection.connectionId === connection.connectionId);
  if (!admitted || !isMember(admitted.connection)) return undefined;
  if (banned) return 'banned';
  if (isLockedOut(connection, before, meeting)) return 'meeting-locked';
  const { members } = meeting;
  return exceedsMeeting({ members, before, after, limits, replaces }) ? 'meeting-full' : undefined;
}

function isLockedOut(connection: Connection, user: User | undefined, meeting: Meeting): boolean {
  const { lock } = stateIn(meeting);
  if (!lock || isPresent(user) || lock.admitted.includes(connection.userId)) return false;
  return roleOnJoining(connection, user, meeting) !== 'host';
}
