import { type Occasion, tellingOf } from '../meeting/announcement.ts';
import { entryOf } from '../meeting/entry.ts';
import type { Announcement, Connection } from '../meeting/ports.ts';
import { memberCount, type User } from '../meeting/user.ts';
import { deleteRow } from './connectionRows.ts';
import type { DynamoLog } from './DynamoLog.ts';
import type { DynamoUsers } from './DynamoUsers.ts';
import type { Store } from './store.ts';
import { type TransactItems, transact } from './transact.ts';
import { type UserItem, userItemKey, userOf } from './userItems.ts';

/** What a change is made from. */
type Current = {
  readonly madeFrom: UserItem | undefined;
  readonly before: User | undefined;
  /** Of the whole meeting; 0 if only the user was read. */
  readonly members: number;
};

/** What a change makes of a user, and what brought it about. */
type Change = Current &
  Omit<Occasion, 'nowMs'> & {
    readonly evicted: readonly Connection[];
    /** The connection's row, as it is to be written in the same step. */
    readonly rows: TransactItems;
  };

/** Changes users: each change in one step with the rows of their connections, and with the line that tells of it. */
export class UserChanges {
  readonly #store: Store;
  readonly #users: DynamoUsers;
  readonly #log: DynamoLog;

  constructor(store: Store, users: DynamoUsers, log: DynamoLog) {
    this.#store = store;
    this.#users = users;
    this.#log = log;
  }

  /** Reads the connection's user, and the size of the `meeting` where it matters. */
  async read(connection: Connection, extent: 'user' | 'meeting'): Promise<Current> {
    if (extent === 'user') {
      const madeFrom = await this.#users.user(connection);
      return { madeFrom, before: madeFrom && userOf(madeFrom), members: 0 };
    }
    const items = await this.#users.users(connection.meetingId);
    const users = items.map(userOf);
    const own = items.findIndex(({ item }) => item === userItemKey(connection).item);
    const members = users.reduce((sum, user) => sum + memberCount(user), 0);
    return { madeFrom: items[own], before: users[own], members };
  }

  /** Makes the change, unless the user or the log has changed meanwhile; returns what others are to be told. */
  async commit(change: Change): Promise<{ readonly announcement?: Announcement } | 'conflict'> {
    const telling = tellingOf({ ...change, nowMs: this.#store.now() });
    const writes = [...change.rows, ...change.evicted.map((gone) => deleteRow(this.#store, gone))];
    if (!telling && writes.length === 0) return {};
    if (telling?.kind !== 'logged') {
      const written = await this.#write(change, writes);
      if (written === 'conflict') return 'conflict';
      return telling ? { announcement: { seq: undefined, text: JSON.stringify(telling.frame) } } : {};
    }
    const { meetingId } = change.connection;
    const entry = entryOf(telling.frame, await this.#log.takeSeq(meetingId));
    const written = await this.#write(change, [...writes, this.#log.putEntry(meetingId, entry)]);
    if (written === 'committed') return { announcement: entry };
    await this.#log.abandon(meetingId, entry.seq);
    return 'conflict';
  }

  #write({ connection, madeFrom, after }: Change, others: TransactItems): Promise<'committed' | 'conflict'> {
    const items = [...others, this.#users.replace(connection, madeFrom, after)];
    return transact(this.#store.documents, items, { ...this.#store, token: this.#store.newId() });
  }
}
