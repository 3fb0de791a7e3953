import { lockChanged } from '../meeting/announcement.ts';
import { stateIn, withLock } from '../meeting/arrival.ts';
import type { Connection, LockOutcome, RemoveOutcome } from '../meeting/ports.ts';
import { isMember, isPresent, newestJoined } from '../meeting/user.ts';
import type { MeetingId } from '../protocol/ids.ts';
import type { Participant } from '../protocol/participants.ts';
import type { DynamoUsers } from './DynamoUsers.ts';
import { meetingStateOf, replaceState } from './stateItems.ts';
import type { Store } from './store.ts';
import { transact } from './transact.ts';
import type { UserChanges } from './UserChanges.ts';
import { userOf } from './userItems.ts';

/** What hosts do: `conflict` means that something else changed meanwhile, so that it is to be tried anew. */
export class DynamoHosting {
  readonly #store: Store;
  readonly #users: DynamoUsers;
  readonly #changes: UserChanges;

  constructor(store: Store, users: DynamoUsers, changes: UserChanges) {
    this.#store = store;
    this.#users = users;
    this.#changes = changes;
  }

  /** Whether newcomers are kept out of a meeting where these have joined. */
  async isLocked(meetingId: MeetingId, participants: readonly Participant[]): Promise<boolean> {
    const state = meetingStateOf(await this.#users.state(meetingId));
    return stateIn({ populated: participants.length > 0, state }).lock !== undefined;
  }

  /** Tries once to do what `Meetings.remove` promises. */
  async tryRemove(
    user: Pick<Connection, 'meetingId' | 'userId'>,
    banSeconds: number,
  ): Promise<RemoveOutcome | 'conflict'> {
    const current = await this.#changes.readUser(user);
    const removed = current.before?.held.map(({ connection }) => connection) ?? [];
    const connection = newestJoined(current.before) ?? removed.findLast(isMember);
    if (!connection) return { outcome: 'not-there' };
    const committed = await this.#changes.commit({
      ...current,
      after: undefined,
      evicted: removed,
      connection,
      reason: 'kicked',
      beside: [],
      bannedUntilMs: this.#store.now() + banSeconds * 1000,
    });
    return committed === 'conflict' ? 'conflict' : { outcome: 'removed', removed, ...committed };
  }

  /** Tries once to do what `Meetings.setLock` promises. */
  async trySetLock(host: Connection, lock: 'locked' | 'unlocked'): Promise<LockOutcome | 'conflict'> {
    const { meetingId } = host;
    const madeFrom = await this.#users.state(meetingId);
    const users = (await this.#users.users(meetingId)).flatMap((item) => userOf(item) ?? []);
    const before = stateIn({ populated: users.some(isPresent), state: meetingStateOf(madeFrom) });
    const state = withLock(before, lock, users);
    if (!state) return { outcome: 'unchanged' };
    const put = replaceState(this.#store, meetingId, { madeFrom, state });
    const token = this.#store.newId();
    const written = await transact(this.#store.documents, [put], { ...this.#store, token });
    if (written === 'conflict') return 'conflict';
    const frame = lockChanged(host, lock, this.#store.now());
    return { outcome: 'changed', announcement: { seq: undefined, text: JSON.stringify(frame) } };
  }
}
