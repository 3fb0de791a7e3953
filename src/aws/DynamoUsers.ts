import { GetCommand, paginateQuery, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Connection } from '../meeting/ports.ts';
import type { User } from '../meeting/user.ts';
import type { ConnectionId, MeetingId, UserId } from '../protocol/ids.ts';
import { type ConnectionRow, connectionOf } from './connectionRows.ts';
import { onlyIf, type StateItem, stateKey } from './stateItems.ts';
import { hasExpired, type Store } from './store.ts';
import type { TransactItems } from './transact.ts';
import { isBanned, tombstone, type UserItem, userItem, userItemKey, userItemPrefix } from './userItems.ts';

const byPrefix = {
  ExpressionAttributeNames: { '#item': 'item' },
  ExpressionAttributeValues: { ':prefix': userItemPrefix },
};

/** Reads and replaces what is kept of connections and users. Reads are strong. */
export class DynamoUsers {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The connection as its row has it. */
  async connection(connectionId: ConnectionId): Promise<Connection | undefined> {
    const { documents, tables, now } = this.#store;
    const { Item } = await documents.send(
      new GetCommand({ TableName: tables.connections, Key: { connectionId }, ConsistentRead: true }),
    );
    const row = Item as ConnectionRow | undefined;
    // A client may name any key of this table as its target, also one of a rate item.
    return row?.meetingId && !hasExpired(row, now()) ? connectionOf(row, row) : undefined;
  }

  async user(key: { readonly meetingId: MeetingId; readonly userId: UserId }): Promise<UserItem | undefined> {
    const { documents, tables } = this.#store;
    const { Item } = await documents.send(
      new GetCommand({ TableName: tables.meetings, Key: userItemKey(key), ConsistentRead: true }),
    );
    return Item as UserItem | undefined;
  }

  /** All users of a meeting. Not as of one moment: each as of some moment during the call. */
  async users(meetingId: MeetingId): Promise<readonly UserItem[]> {
    const users: UserItem[] = [];
    const pages = paginateQuery(
      { client: this.#store.documents },
      {
        ...byPrefix,
        TableName: this.#store.tables.meetings,
        KeyConditionExpression: 'meetingId = :meetingId AND begins_with(#item, :prefix)',
        ExpressionAttributeValues: { ...byPrefix.ExpressionAttributeValues, ':meetingId': meetingId },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) users.push(...(Items as UserItem[]));
    return users;
  }

  /**
   * All connections that connected before a time, by reading every row: there are far fewer of them than of lines in the
   * other table. A row is written and deleted together with its connection's membership, and expires only when API
   * Gateway has long ended the connection.
   */
  async *connectedBefore(epochMs: number): AsyncIterable<readonly Connection[]> {
    const pages = paginateScan(
      { client: this.#store.documents },
      {
        TableName: this.#store.tables.connections,
        FilterExpression: 'connectedAt < :before',
        ExpressionAttributeValues: { ':before': new Date(epochMs).toISOString() },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) {
      if (Items.length > 0) yield (Items as ConnectionRow[]).map((row) => connectionOf(row, row));
    }
  }

  /** A meeting's state as it is now. */
  async state(meetingId: MeetingId): Promise<StateItem | undefined> {
    const { documents, tables } = this.#store;
    const { Item } = await documents.send(
      new GetCommand({ TableName: tables.meetings, Key: stateKey(meetingId), ConsistentRead: true }),
    );
    return Item as StateItem | undefined;
  }

  /** Puts a user in the place of the item it was made from, if that is still there. A ban that still holds is kept. */
  replace(
    key: Pick<Connection, 'meetingId' | 'userId'>,
    change: {
      readonly madeFrom: UserItem | undefined;
      /** Undefined: no connection is left. */
      readonly user: User | undefined;
      readonly bannedUntilMs?: number | undefined;
    },
  ): TransactItems[number] {
    const { tables, newId, now } = this.#store;
    const { madeFrom, user } = change;
    const Key = userItemKey(key);
    const held = isBanned(madeFrom, now()) ? madeFrom?.bannedUntil : undefined;
    const bannedUntilMs = change.bannedUntilMs ?? held;
    const where = { TableName: tables.meetings, ...onlyIf(madeFrom) };
    if (bannedUntilMs === undefined) {
      return user ? { Put: { ...where, Item: userItem(Key, user, newId()) } } : { Delete: { ...where, Key } };
    }
    const Item = user
      ? { ...userItem(Key, user, newId()), bannedUntil: bannedUntilMs }
      : tombstone(Key, newId(), bannedUntilMs);
    return { Put: { ...where, Item } };
  }
}
