import { type Occasion, tellingOf } from '../meeting/announcement.ts';
import type { Meeting } from '../meeting/arrival.ts';
import { entryOf } from '../meeting/entry.ts';
import type { Announcement, Connection } from '../meeting/ports.ts';
import { isPresent, memberCount, type User } from '../meeting/user.ts';
import { deleteRow } from './connectionRows.ts';
import type { DynamoLog } from './DynamoLog.ts';
import type { DynamoUsers } from './DynamoUsers.ts';
import { meetingStateOf, type StateItem } from './stateItems.ts';
import type { Store } from './store.ts';
import { type TransactItems, transact } from './transact.ts';
import { isBanned, type UserItem, userItemKey, userOf } from './userItems.ts';

type UserKey = Pick<Connection, 'meetingId' | 'userId'>;

/** What a change of a user is made from. */
type CurrentUser = {
  readonly madeFrom: UserItem | undefined;
  readonly before: User | undefined;
  readonly banned: boolean;
  readonly meeting?: Meeting;
};

/** What a change is made from that depends on the whole meeting. */
type CurrentMeeting = CurrentUser & {
  readonly meeting: Meeting;
  readonly stateMadeFrom: StateItem | undefined;
};

/** What a change makes of a user, and what brought it about. */
type Change = Pick<CurrentUser, 'madeFrom'> &
  Omit<Occasion, 'nowMs'> & {
    readonly evicted: readonly Connection[];
    /** What is written in the same step: rows of connections, the meeting's state. */
    readonly beside: TransactItems;
    readonly bannedUntilMs?: number;
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

  /** Reads a user. */
  async readUser(key: UserKey): Promise<CurrentUser> {
    return this.#current(await this.#users.user(key));
  }

  /**
   * Reads a user and the meeting.
   *
   * The state comes first: users are read one after the other, so that a host may come where none was seen. Coming
   * writes the state, and a change that is made from the older one is refused.
   */
  async readMeeting(key: UserKey): Promise<CurrentMeeting> {
    const stateMadeFrom = await this.#users.state(key.meetingId);
    const items = await this.#users.users(key.meetingId);
    const own = items.find(({ item }) => item === userItemKey(key).item);
    const users = items.map(userOf);
    const meeting: Meeting = {
      populated: users.some(isPresent),
      state: meetingStateOf(stateMadeFrom),
      members: users.reduce((sum, user) => sum + memberCount(user), 0),
    };
    return { ...this.#current(own), meeting, stateMadeFrom };
  }

  /** Makes the change, unless the user or the log has changed meanwhile; returns what others are to be told. */
  async commit(change: Change): Promise<{ readonly announcement?: Announcement } | 'conflict'> {
    const telling = tellingOf({ ...change, nowMs: this.#store.now() });
    const writes = [...change.beside, ...change.evicted.map((gone) => deleteRow(this.#store, gone))];
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

  #current(madeFrom: UserItem | undefined): CurrentUser {
    return { madeFrom, before: userOf(madeFrom), banned: isBanned(madeFrom, this.#store.now()) };
  }

  #write(change: Change, others: TransactItems): Promise<'committed' | 'conflict'> {
    const { connection, after: user, madeFrom, bannedUntilMs } = change;
    const items = [...others, this.#users.replace(connection, { madeFrom, user, bannedUntilMs })];
    return transact(this.#store.documents, items, { ...this.#store, token: this.#store.newId() });
  }
}
