import { type DynamoDBDocumentClient, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type {
  Audience,
  Connection,
  ConnectOutcome,
  LeaveOutcome,
  Meetings,
  MembershipLimits,
} from '../meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../protocol/ids.ts';
import {
  type ConnectionRow,
  connectionRow,
  rowConnection,
  type TableNames,
  type UserItem,
  userConnections,
  userItem,
  userItemKey,
  userItemPrefix,
} from './tables.ts';
import { type Backoff, type TransactItems, transact, untilDone } from './transact.ts';

/** What membership on DynamoDB needs. */
export type DynamoMeetingsOptions = Backoff & {
  readonly documents: DynamoDBDocumentClient;
  readonly tables: TableNames;
  /** How long after connecting a row counts at most. */
  readonly connectionTtlSeconds: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new id that nothing else has. */
  readonly newId: () => string;
};

const unchanged = 'version = :version';
const absent = 'attribute_not_exists(version)';

/**
 * {@link Meetings} on DynamoDB.
 *
 * Who is a member the user items say, read strongly; a connection's row, written in the same transaction, finds its
 * meeting. Each change of a user item is conditioned on the version it was made from, so that of two at once one
 * starts over.
 */
export class DynamoMeetings implements Meetings {
  readonly #options: DynamoMeetingsOptions;

  constructor(options: DynamoMeetingsOptions) {
    this.#options = options;
  }

  connect(connection: Connection, limits: MembershipLimits): Promise<ConnectOutcome> {
    return untilDone(() => this.#tryConnect(connection, limits), this.#options);
  }

  async find(connectionId: ConnectionId): Promise<Connection | undefined> {
    const row = await this.#row(connectionId);
    return row && rowConnection(row);
  }

  leave(connectionId: ConnectionId): Promise<LeaveOutcome> {
    return untilDone(() => this.#tryLeave(connectionId), this.#options);
  }

  async recipients(audience: Audience): Promise<readonly Connection[]> {
    switch (audience.kind) {
      case 'connection': {
        const connection = await this.find(audience.connectionId);
        return connection?.meetingId === audience.meetingId ? [connection] : [];
      }
      case 'user': {
        const user = await this.#user(audience.meetingId, audience.userId);
        return user ? userConnections(user) : [];
      }
      case 'meeting':
        return (await this.#users(audience.meetingId)).flatMap(userConnections);
    }
  }

  async #tryConnect(connection: Connection, limits: MembershipLimits): Promise<ConnectOutcome | 'conflict'> {
    const { item } = userItemKey(connection.meetingId, connection.userId);
    const users = await this.#users(connection.meetingId);
    const own = users.find((user) => user.item === item);
    const held = own ? userConnections(own) : [];
    if (held.some(({ connectionId }) => connectionId === connection.connectionId)) {
      return { outcome: 'connected', evicted: [] };
    }
    const evicted = held.slice(0, Math.max(0, held.length + 1 - limits.connectionsPerUser));
    const total = users.reduce((sum, { connections }) => sum + Object.keys(connections).length, 0);
    if (total + 1 - evicted.length > limits.connectionsPerMeeting) return { outcome: 'meeting-full' };

    const kept = held.slice(evicted.length);
    const [first = connection, ...others] = [...kept, connection];
    const written = await this.#transact([
      this.#putRow(connection),
      ...evicted.map(({ connectionId }) => this.#deleteRow(connectionId)),
      this.#putUser(userItem([first, ...others], this.#options.newId()), own),
    ]);
    return written === 'committed' ? { outcome: 'connected', evicted } : 'conflict';
  }

  async #tryLeave(connectionId: ConnectionId): Promise<LeaveOutcome | 'conflict'> {
    const row = await this.#row(connectionId);
    const user = row && (await this.#user(row.meetingId, row.userId));
    const held = user ? userConnections(user) : [];
    const connection = held.find((own) => own.connectionId === connectionId);
    if (!user || !connection) return { outcome: 'already-gone' };

    const [first, ...others] = held.filter((own) => own !== connection);
    const written = await this.#transact([
      this.#deleteRow(connectionId),
      first
        ? this.#putUser(userItem([first, ...others], this.#options.newId()), user)
        : this.#deleteUser(user),
    ]);
    return written === 'committed' ? { outcome: first ? 'remaining' : 'last', connection } : 'conflict';
  }

  async #row(connectionId: ConnectionId): Promise<ConnectionRow | undefined> {
    const { documents, tables, now } = this.#options;
    const { Item } = await documents.send(
      new GetCommand({ TableName: tables.connections, Key: { connectionId }, ConsistentRead: true }),
    );
    const row = Item as ConnectionRow | undefined;
    // DynamoDB deletes expired rows within days, and reads show them until then.
    return row && row.ttl > now() / 1000 ? row : undefined;
  }

  async #user(meetingId: MeetingId, userId: UserId): Promise<UserItem | undefined> {
    const { documents, tables } = this.#options;
    const { Item } = await documents.send(
      new GetCommand({
        TableName: tables.meetings,
        Key: userItemKey(meetingId, userId),
        ConsistentRead: true,
      }),
    );
    return Item as UserItem | undefined;
  }

  async #users(meetingId: MeetingId): Promise<readonly UserItem[]> {
    const { documents, tables } = this.#options;
    const users: UserItem[] = [];
    const pages = paginateQuery(
      { client: documents },
      {
        TableName: tables.meetings,
        KeyConditionExpression: 'meetingId = :meetingId AND begins_with(#item, :prefix)',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: { ':meetingId': meetingId, ':prefix': userItemPrefix },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) users.push(...(Items as UserItem[]));
    return users;
  }

  #transact(items: TransactItems): Promise<'committed' | 'conflict'> {
    const { documents, newId, sleep, random } = this.#options;
    return transact(documents, items, { token: newId(), sleep, random });
  }

  #putRow(connection: Connection): TransactItems[number] {
    const { tables, connectionTtlSeconds } = this.#options;
    return { Put: { TableName: tables.connections, Item: connectionRow(connection, connectionTtlSeconds) } };
  }

  #deleteRow(connectionId: ConnectionId): TransactItems[number] {
    return { Delete: { TableName: this.#options.tables.connections, Key: { connectionId } } };
  }

  #putUser(user: UserItem, madeFrom: UserItem | undefined): TransactItems[number] {
    return { Put: { TableName: this.#options.tables.meetings, Item: user, ...onlyIf(madeFrom) } };
  }

  #deleteUser(user: UserItem): TransactItems[number] {
    const { meetingId, item } = user;
    return {
      Delete: { TableName: this.#options.tables.meetings, Key: { meetingId, item }, ...onlyIf(user) },
    };
  }
}

/** The condition that the user item is still the one that a change was made from. */
function onlyIf(user: UserItem | undefined) {
  if (!user) return { ConditionExpression: absent };
  return { ConditionExpression: unchanged, ExpressionAttributeValues: { ':version': user.version } };
}
