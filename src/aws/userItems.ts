import type { Connection } from '../meeting/ports.ts';
import { byAge, type HeldConnection, type User } from '../meeting/user.ts';
import type { ConnectionId, MeetingId, UserId } from '../protocol/ids.ts';
import type { Attributes } from '../protocol/participants.ts';
import { type ConnectionState, connectionOf, stateOf } from './connectionRows.ts';

/** What a user item keeps of one connection. */
type UserConnection = ConnectionState & {
  /** JSON as text, since DynamoDB's numbers aren't JSON's. Absent: `{}`. */
  readonly attributes?: string;
};

/**
 * A user's item in the meetings table: the authority on the user's membership. Gone when no connection is left, unless
 * the user was removed: then it stays without any for as long as the ban, so that nothing can come between the two.
 */
export type UserItem = {
  readonly meetingId: MeetingId;
  readonly item: string;
  readonly userName: string;
  /** New and unique with every change, so that no change can be mistaken for another. */
  readonly version: string;
  /** As in {@link User}; absent where a release without it wrote the item. */
  readonly rev?: number;
  /** ISO 8601; absent unless a connection has joined. */
  readonly joinedAt?: string;
  readonly connections: Readonly<Record<string, UserConnection>>;
  /** Epoch milliseconds: until then the user may not be a member again. */
  readonly bannedUntil?: number;
  /** Epoch seconds; only where no connection is left. */
  readonly ttl?: number;
};

/** What the sort keys of all user items of a meeting begin with. */
export const userItemPrefix = 'user#';

/** The key of a user's item. */
export const userItemKey = ({ meetingId, userId }: { meetingId: MeetingId; userId: UserId }) => ({
  meetingId,
  item: `${userItemPrefix}${userId}`,
});

/** A user item as the record that the rules know; undefined when no connection is left. */
export function userOf(item: UserItem | undefined): User | undefined {
  return item && Object.keys(item.connections).length > 0 ? recordOf(item) : undefined;
}

function recordOf({ meetingId, item, rev = 0, joinedAt, connections }: UserItem): User {
  const userId = item.slice(userItemPrefix.length) as UserId;
  const held = Object.entries(connections).map(([id, { attributes, ...state }]): HeldConnection => {
    const connection = connectionOf({ connectionId: id as ConnectionId, meetingId, userId }, state);
    return { connection, attributes: attributes === undefined ? {} : (JSON.parse(attributes) as Attributes) };
  });
  return {
    rev,
    joinedAtMs: joinedAt === undefined ? undefined : Date.parse(joinedAt),
    held: held.sort(byAge),
  };
}

/** Whether the item's user may not be a member now. */
export const isBanned = (item: UserItem | undefined, nowMs: number): boolean =>
  (item?.bannedUntil ?? 0) > nowMs;

/** What is left of a removed user until the ban is over. */
export const tombstone = (
  key: ReturnType<typeof userItemKey>,
  version: string,
  bannedUntilMs: number,
): UserItem => ({
  ...key,
  userName: '',
  version,
  connections: {},
  bannedUntil: bannedUntilMs,
  ttl: Math.ceil(bannedUntilMs / 1000),
});

/** A user as an item, with a version of its own. */
export function userItem(key: ReturnType<typeof userItemKey>, user: User, version: string): UserItem {
  const { rev, joinedAtMs, held } = user;
  return {
    ...key,
    userName: held.at(-1)?.connection.userName ?? '',
    version,
    rev,
    ...(joinedAtMs !== undefined && { joinedAt: new Date(joinedAtMs).toISOString() }),
    connections: Object.fromEntries(
      held.map(({ connection, attributes }) => [
        connection.connectionId,
        userConnection(connection, attributes),
      ]),
    ),
  };
}

/** All connections of a user item, members or not yet, oldest first. */
export const userConnections = (item: UserItem): readonly Connection[] =>
  userOf(item)?.held.map(({ connection }) => connection) ?? [];

function userConnection(connection: Connection, attributes: Attributes): UserConnection {
  const told = Object.keys(attributes).length > 0;
  return { ...stateOf(connection), ...(told && { attributes: JSON.stringify(attributes) }) };
}
