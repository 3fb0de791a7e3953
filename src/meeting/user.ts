import type { Attributes, Role } from '../protocol/participants.ts';
import type { Connection, MembershipLimits } from './ports.ts';

/** One connection of a user with what it tells of itself. */
export type HeldConnection = { readonly connection: Connection; readonly attributes: Attributes };

/** A user's part in one meeting: the record that every change of membership replaces as a whole. */
export type User = {
  /** Grows with every change that others can see. */
  readonly rev: number;
  /** When the user, as a person, joined: kept while at least one connection is joined. Epoch milliseconds. */
  readonly joinedAtMs: number | undefined;
  /** Never empty; in the order of {@link byAge}. */
  readonly held: readonly HeldConnection[];
};

/** What a change makes of a user. */
export type UserChange = {
  /** Undefined: no connection is left. */
  readonly after: User | undefined;
  /** Whose membership the change ended besides, oldest first. */
  readonly evicted: readonly Connection[];
};

/** What a connection brings when it joins. */
export type Joining = {
  readonly session: string | undefined;
  /** Undefined keeps those it has. */
  readonly attributes: Attributes | undefined;
  /** A connection of the same user that is about to close in favour of this one. */
  readonly replaces: string | undefined;
};

/** Orders connections, the oldest first. */
export const byAge = (a: HeldConnection, b: HeldConnection): number =>
  a.connection.connectedAtMs - b.connection.connectedAtMs ||
  (a.connection.connectionId < b.connection.connectionId ? -1 : 1);

/** Whether a connection receives what its meeting is sent: a plain one from the start, others once they joined. */
export const isMember = ({ client, joinedAtMs }: Connection): boolean =>
  client === 'plain' || joinedAtMs !== undefined;

/** How many of the user's connections are members. */
export const memberCount = (user: User | undefined): number =>
  user?.held.filter(({ connection }) => isMember(connection)).length ?? 0;

/** Whether the user is known to others to be there. */
export const isPresent = (user: User | undefined): boolean => user?.joinedAtMs !== undefined;

/** Adds a connection; where the user then holds too many of its kind, the oldest of that kind go. */
export function withConnection(
  user: User | undefined,
  connection: Connection,
  { connectionsPerUser }: MembershipLimits,
): UserChange {
  const held = user?.held ?? [];
  // Who hasn't joined takes no place from who has.
  const rivals = held.filter((other) => isMember(other.connection) === isMember(connection));
  const evicted = rivals.slice(0, Math.max(0, rivals.length + 1 - connectionsPerUser));
  const kept = held.filter((other) => !evicted.includes(other));
  return changed(user, [...kept, { connection, attributes: {} }], connection.connectedAtMs, evicted);
}

/** Joins a connection that the user holds. The role that it has from then on becomes that of all of them. */
export function withJoin(
  user: User,
  self: HeldConnection,
  joining: Joining & { readonly role: Role; readonly nowMs: number; readonly limits: MembershipLimits },
): UserChange {
  const { session, replaces, role, nowMs, limits } = joining;
  const { connection } = self;
  const attributes = joining.attributes ?? self.attributes;
  const joined: HeldConnection = {
    connection: {
      ...connection,
      joinedAtMs: connection.joinedAtMs ?? nowMs,
      session: session ?? connection.session,
      role,
    },
    attributes,
  };
  const others = user.held.filter((other) => other !== self).map((other) => withRole(other, role));
  const rivals = others.filter(
    (other) => isMember(other.connection) && other.connection.connectionId !== replaces,
  );
  const evicted = rivals.slice(0, Math.max(0, rivals.length + 1 - limits.connectionsPerUser));
  const kept = others.filter((other) => !evicted.includes(other));
  return changed(user, [...kept, joined], nowMs, evicted);
}

/** Replaces what a connection tells of itself. */
export function withAttributes(
  user: User,
  self: HeldConnection,
  given: { readonly attributes: Attributes; readonly nowMs: number },
): UserChange {
  const others = user.held.filter((other) => other !== self);
  return changed(user, [...others, { ...self, attributes: given.attributes }], given.nowMs);
}

/** Takes a connection away. */
export function without(user: User, self: HeldConnection, nowMs: number): UserChange {
  const others = user.held.filter((other) => other !== self);
  return changed(user, others, nowMs);
}

/** A change of one user in a meeting that has so many members, the user's own included. */
export type MeetingChange = {
  readonly members: number;
  readonly before: User | undefined;
  readonly after: User | undefined;
  readonly limits: MembershipLimits;
  /** As in {@link Joining}: for a moment there are two, and the meeting doesn't mind. */
  readonly replaces?: string | undefined;
};

/** Whether a change would make the meeting larger than it may be. One that doesn't make it larger never does. */
export function exceedsMeeting({ members, before, after, limits, replaces }: MeetingChange): boolean {
  const grown = memberCount(after) - memberCount(before);
  const isReplaced = ({ connection }: HeldConnection) =>
    isMember(connection) && connection.connectionId === replaces;
  const replaced = before?.held.some(isReplaced) ? 1 : 0;
  const added = grown - replaced;
  return added > 0 && members + added > limits.connectionsPerMeeting;
}

/** The youngest connection of those that have joined; of a user who isn't there, none. */
export function newestJoined(user: User | undefined): Connection | undefined {
  return user?.held.findLast(({ connection }) => connection.joinedAtMs !== undefined)?.connection;
}

/** One that has no role yet, or has not joined, gets it by its own join. */
function withRole(held: HeldConnection, role: Role): HeldConnection {
  const { connection } = held;
  if (connection.role === undefined || connection.role === role || !isMember(connection)) return held;
  return { ...held, connection: { ...connection, role } };
}

function changed(
  before: User | undefined,
  held: readonly HeldConnection[],
  nowMs: number,
  evicted: readonly HeldConnection[] = [],
): UserChange {
  const connections = evicted.map(({ connection }) => connection);
  if (held.length === 0) return { after: undefined, evicted: connections };
  const present = held.some(({ connection }) => connection.joinedAtMs !== undefined);
  return {
    after: {
      // By the clock, so that who comes back after leaving, when nothing is kept, goes on above.
      rev: Math.max((before?.rev ?? 0) + 1, nowMs),
      joinedAtMs: present ? (before?.joinedAtMs ?? nowMs) : undefined,
      held: held.toSorted(byAge),
    },
    evicted: connections,
  };
}
