import type { Connection } from '../meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../protocol/ids.ts';
import type { Role } from '../protocol/participants.ts';
import type { Store } from './store.ts';
import type { TransactItems } from './transact.ts';

/**
 * A row of the connections table. It finds a connection's meeting and says whether it may send, in one read; the
 * authority on membership is the user item, which changes in the same transaction.
 */
export type ConnectionRow = {
  readonly connectionId: ConnectionId;
  readonly meetingId: MeetingId;
  readonly userId: UserId;
  readonly userName: string;
  /** ISO 8601. */
  readonly connectedAt: string;
  readonly status: 'connected';
  /** Absent: a plain client. */
  readonly client?: 'v1';
  /** ISO 8601; absent until it joined. */
  readonly joinedAt?: string;
  readonly session?: string;
  readonly role?: Role;
  /** Epoch seconds after which the row no longer counts, whenever DynamoDB comes to delete it. */
  readonly ttl: number;
};

/** What rows and user items keep of a connection alike. */
export type ConnectionState = Pick<
  ConnectionRow,
  'userName' | 'connectedAt' | 'client' | 'joinedAt' | 'session' | 'role'
>;

/** A connection's state as it is kept; what it has none of is left out, since DynamoDB knows no undefined. */
export const stateOf = ({ userName, connectedAtMs, client, joinedAtMs, session, role }: Connection) => ({
  userName,
  connectedAt: new Date(connectedAtMs).toISOString(),
  ...(client === 'v1' && { client }),
  ...(joinedAtMs !== undefined && { joinedAt: new Date(joinedAtMs).toISOString() }),
  ...(session !== undefined && { session }),
  ...(role !== undefined && { role }),
});

/** A kept state, and whose it is, as a connection. */
export function connectionOf(
  identity: Pick<Connection, 'connectionId' | 'meetingId' | 'userId'>,
  { userName, connectedAt, client, joinedAt, session, role }: ConnectionState,
): Connection {
  const { connectionId, meetingId, userId } = identity;
  return {
    connectionId,
    meetingId,
    userId,
    userName,
    connectedAtMs: Date.parse(connectedAt),
    client: client ?? 'plain',
    ...(joinedAt !== undefined && { joinedAtMs: Date.parse(joinedAt) }),
    ...(session !== undefined && { session }),
    ...(role !== undefined && { role }),
  };
}

/** Writes a connection's row; one that is to `exist` is never made by it. */
export function putRow(
  { tables, connectionTtlSeconds }: Store,
  connection: Connection,
  row: 'new' | 'exists',
): TransactItems[number] {
  const { connectionId, meetingId, userId, connectedAtMs } = connection;
  const ttl = Math.floor(connectedAtMs / 1000) + connectionTtlSeconds;
  const state = stateOf(connection);
  const Item: ConnectionRow = { connectionId, meetingId, userId, ...state, status: 'connected', ttl };
  const condition = row === 'exists' && { ConditionExpression: 'attribute_exists(connectionId)' };
  return { Put: { TableName: tables.connections, Item, ...condition } };
}

/** Deletes a connection's row. */
export const deleteRow = ({ tables }: Store, { connectionId }: Connection): TransactItems[number] => ({
  Delete: { TableName: tables.connections, Key: { connectionId } },
});
