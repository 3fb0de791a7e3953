import type { Connection } from '../meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../protocol/ids.ts';

/** The names of the two tables. */
export type TableNames = { readonly connections: string; readonly meetings: string };

/** A row of the connections table. It finds a connection's meeting; whether it is a member the user item says. */
export type ConnectionRow = {
  readonly connectionId: ConnectionId;
  readonly meetingId: MeetingId;
  readonly userId: UserId;
  readonly userName: string;
  /** ISO 8601. */
  readonly connectedAt: string;
  readonly status: 'connected';
  /** Epoch seconds after which the row no longer counts, whenever DynamoDB comes to delete it. */
  readonly ttl: number;
};

/** What a user item keeps of one connection. */
type UserConnection = { readonly connectedAt: string; readonly userName: string };

/** A user's item in the meetings table: the authority on the user's membership. Gone when no connection is left. */
export type UserItem = {
  readonly meetingId: MeetingId;
  readonly item: string;
  readonly userName: string;
  /** New and unique with every change, so that no change can be mistaken for another. */
  readonly version: string;
  readonly connections: Readonly<Record<string, UserConnection>>;
};

const USER_PREFIX = 'user#';

/** What the sort keys of all user items of a meeting begin with. */
export const userItemPrefix = USER_PREFIX;

/** The key of a user's item. */
export const userItemKey = (meetingId: MeetingId, userId: UserId) => ({
  meetingId,
  item: `${USER_PREFIX}${userId}`,
});

/** A connection as a row. */
export function connectionRow(connection: Connection, ttlSeconds: number): ConnectionRow {
  const { connectionId, meetingId, userId, userName, connectedAtMs } = connection;
  const ttl = Math.floor(connectedAtMs / 1000) + ttlSeconds;
  const connectedAt = new Date(connectedAtMs).toISOString();
  return { connectionId, meetingId, userId, userName, connectedAt, status: 'connected', ttl };
}

/** A row as a connection. */
export function rowConnection({
  connectionId,
  meetingId,
  userId,
  userName,
  connectedAt,
}: ConnectionRow): Connection {
  return { connectionId, meetingId, userId, userName, connectedAtMs: Date.parse(connectedAt) };
}

/** The connections of a user item, oldest first. */
export function userConnections({ meetingId, item, connections }: UserItem): readonly Connection[] {
  const userId = item.slice(USER_PREFIX.length) as UserId;
  return Object.entries(connections)
    .map(([connectionId, { connectedAt, userName }]) => ({
      connectionId: connectionId as ConnectionId,
      meetingId,
      userId,
      userName,
      connectedAtMs: Date.parse(connectedAt),
    }))
    .sort((a, b) => a.connectedAtMs - b.connectedAtMs);
}

/** A user item that holds these connections, with a version of its own. */
export function userItem(connections: readonly [Connection, ...Connection[]], version: string): UserItem {
  const [{ meetingId, userId }] = connections;
  const newest = connections.at(-1) ?? connections[0];
  return {
    ...userItemKey(meetingId, userId),
    userName: newest.userName,
    version,
    connections: Object.fromEntries(
      connections.map(({ connectionId, connectedAtMs, userName }) => [
        connectionId,
        { connectedAt: new Date(connectedAtMs).toISOString(), userName },
      ]),
    ),
  };
}
