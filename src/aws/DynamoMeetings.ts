import { participantOf } from '../meeting/announcement.ts';
import { roleOnJoining, stateAfterJoining, unwelcome } from '../meeting/arrival.ts';
import type {
  AppendOutcome,
  Audience,
  Connection,
  ConnectOutcome,
  EntryPage,
  EntryRange,
  JoinOutcome,
  LeaveOutcome,
  LeaveReason,
  LockOutcome,
  LogHead,
  Meetings,
  MembershipLimits,
  RemoveOutcome,
  Roster,
  UpdateOutcome,
} from '../meeting/ports.ts';
import {
  type HeldConnection,
  isMember,
  isPresent,
  type Joining,
  type User,
  withAttributes,
  withConnection,
  withJoin,
  without,
} from '../meeting/user.ts';
import type { MessageFrame } from '../protocol/frames.ts';
import type { ConnectionId, MeetingId } from '../protocol/ids.ts';
import type { Attributes } from '../protocol/participants.ts';
import { deleteRow, putRow } from './connectionRows.ts';
import { DynamoHosting } from './DynamoHosting.ts';
import { DynamoLog } from './DynamoLog.ts';
import { DynamoLogReader } from './DynamoLogReader.ts';
import { DynamoUsers } from './DynamoUsers.ts';
import { foldRoster } from './foldRoster.ts';
import { replaceState } from './stateItems.ts';
import type { Store } from './store.ts';
import { type TransactItems, untilDone } from './transact.ts';
import { UserChanges } from './UserChanges.ts';
import { userConnections, userOf } from './userItems.ts';

/**
 * {@link Meetings} on DynamoDB.
 *
 * Who is a member the user items say, read strongly; a connection's row, written in the same transaction, finds its
 * meeting. Each change of a user item is conditioned on the version it was made from, so that of two at once one
 * starts over; the line of the log that tells of it is part of the transaction.
 */
export class DynamoMeetings implements Meetings {
  readonly #store: Store;
  readonly #users: DynamoUsers;
  readonly #changes: UserChanges;
  readonly #log: DynamoLog;
  readonly #reader: DynamoLogReader;
  readonly #hosting: DynamoHosting;

  constructor(store: Store) {
    this.#store = store;
    this.#users = new DynamoUsers(store);
    this.#log = new DynamoLog(store);
    this.#changes = new UserChanges(store, this.#users, this.#log);
    this.#reader = new DynamoLogReader(store, this.#log);
    this.#hosting = new DynamoHosting(store, this.#users, this.#changes);
  }

  connect(connection: Connection, limits: MembershipLimits): Promise<ConnectOutcome> {
    return untilDone(() => this.#tryConnect(connection, limits), this.#store);
  }

  find(connectionId: ConnectionId): Promise<Connection | undefined> {
    return this.#users.connection(connectionId);
  }

  join(
    connection: Connection,
    joining: Joining & { readonly limits: MembershipLimits },
  ): Promise<JoinOutcome> {
    return untilDone(() => this.#tryJoin(connection, joining), this.#store);
  }

  update(connection: Connection, attributes: Attributes): Promise<UpdateOutcome> {
    return untilDone(() => this.#tryUpdate(connection, attributes), this.#store);
  }

  leave(connection: Connection, reason: LeaveReason): Promise<LeaveOutcome> {
    return untilDone(() => this.#tryLeave(connection, reason), this.#store);
  }

  remove(user: Pick<Connection, 'meetingId' | 'userId'>, banSeconds: number): Promise<RemoveOutcome> {
    return untilDone(() => this.#hosting.tryRemove(user, banSeconds), this.#store);
  }

  setLock(host: Connection, lock: 'locked' | 'unlocked'): Promise<LockOutcome> {
    return untilDone(() => this.#hosting.trySetLock(host, lock), this.#store);
  }

  appendChat(sender: Connection, frame: MessageFrame, requestId: string | undefined): Promise<AppendOutcome> {
    return this.#log.append(sender, frame, requestId);
  }

  head(meetingId: MeetingId): Promise<LogHead> {
    return this.#log.head(meetingId);
  }

  entries(range: EntryRange): Promise<EntryPage> {
    return this.#reader.entries(range);
  }

  async recipients(audience: Audience): Promise<readonly Connection[]> {
    switch (audience.kind) {
      case 'connection': {
        const connection = await this.find(audience.connectionId);
        return connection?.meetingId === audience.meetingId && isMember(connection) ? [connection] : [];
      }
      case 'user': {
        const user = await this.#users.user(audience);
        return user ? userConnections(user).filter(isMember) : [];
      }
      case 'meeting':
        return (await this.#users.users(audience.meetingId)).flatMap(userConnections).filter(isMember);
    }
  }

  /**
   * The users were read while the log went on, each at a moment of its own. All lines up to the first head are settled
   * before, so the users show them; what came up to the second head is applied to them; and what came after that, they
   * can't show.
   */
  async roster(meetingId: MeetingId): Promise<Roster> {
    const first = await this.#log.madeHead(meetingId);
    await this.#reader.settle(meetingId, first);
    const users = await this.#users.users(meetingId);
    const head = await this.#log.madeHead(meetingId);
    const since = await this.#reader.since(meetingId, head, first.seq);
    const participants = foldRoster(
      users.flatMap((user) => participantOf(userOf(user)) ?? []),
      since,
    );
    const locked = await this.#hosting.isLocked(meetingId, participants);
    return { epoch: head.epoch, seq: head.seq, participants, locked };
  }

  connectedBefore(epochMs: number): AsyncIterable<readonly Connection[]> {
    return this.#users.connectedBefore(epochMs);
  }

  async #tryConnect(connection: Connection, limits: MembershipLimits): Promise<ConnectOutcome | 'conflict'> {
    const member = isMember(connection);
    const current = member
      ? await this.#changes.readMeeting(connection)
      : await this.#changes.readUser(connection);
    const { before, banned } = current;
    if (heldBy(before, connection)) return { outcome: 'connected', evicted: [] };
    const { after, evicted } = withConnection(before, connection, limits);
    const arriving = { connection, before, after, banned, limits };
    const refusal = 'meeting' in current ? unwelcome(arriving, current.meeting) : undefined;
    if (refusal) return { outcome: refusal };
    const committed = await this.#changes.commit({
      ...current,
      after,
      evicted,
      connection: evicted.at(-1) ?? connection,
      reason: 'replaced',
      beside: [putRow(this.#store, connection, 'new')],
    });
    return committed === 'conflict' ? 'conflict' : { outcome: 'connected', evicted, ...committed };
  }

  async #tryJoin(
    { meetingId, userId, connectionId }: Connection,
    joining: Joining & { readonly limits: MembershipLimits },
  ): Promise<JoinOutcome | 'conflict'> {
    const current = await this.#changes.readMeeting({ meetingId, userId });
    const { before, meeting, stateMadeFrom } = current;
    const self = heldBy(before, { connectionId });
    if (!before || !self) return { outcome: 'not-connected' };
    const { connection } = self;
    const role = roleOnJoining(connection, before, meeting);
    const { after, evicted } = withJoin(before, self, { ...joining, role, nowMs: this.#store.now() });
    const refusal = unwelcome({ ...current, ...joining, connection, after }, meeting);
    if (refusal) return { outcome: refusal };

    const joined = heldBy(after, connection)?.connection ?? connection;
    const state = stateAfterJoining(connection, before, meeting);
    const beside = [
      ...changedRows(this.#store, before, after),
      ...(state ? [replaceState(this.#store, meetingId, { madeFrom: stateMadeFrom, state })] : []),
    ];
    const change = { ...current, after, evicted, connection: joined, reason: 'replaced', beside } as const;
    const committed = await this.#changes.commit(change);
    if (committed === 'conflict') return 'conflict';
    const again = connection.joinedAtMs !== undefined;
    const newcomer = isPresent(before) ? 'additional' : 'first';
    return { outcome: again ? 'already-joined' : newcomer, connection: joined, evicted, ...committed };
  }

  async #tryUpdate(connection: Connection, attributes: Attributes): Promise<UpdateOutcome | 'conflict'> {
    const current = await this.#changes.readUser(connection);
    const { before } = current;
    const self = heldBy(before, connection);
    if (!before || self?.connection.joinedAtMs === undefined) return { outcome: 'not-joined' };
    const committed = await this.#changes.commit({
      ...current,
      ...withAttributes(before, self, { attributes, nowMs: this.#store.now() }),
      connection: self.connection,
      reason: 'replaced',
      beside: [],
    });
    return committed === 'conflict' ? 'conflict' : { outcome: 'updated', ...committed };
  }

  async #tryLeave(connection: Connection, reason: LeaveReason): Promise<LeaveOutcome | 'conflict'> {
    const current = await this.#changes.readUser(connection);
    const { before } = current;
    const self = heldBy(before, connection);
    if (!before || !self) return { outcome: 'already-gone' };
    const { after, evicted } = without(before, self, this.#store.now());
    const committed = await this.#changes.commit({
      ...current,
      after,
      evicted,
      connection: self.connection,
      reason,
      beside: [deleteRow(this.#store, self.connection)],
    });
    if (committed === 'conflict') return 'conflict';
    return { outcome: after ? 'remaining' : 'last', connection: self.connection, ...committed };
  }
}

/** Writes the rows of connections that a change has left, and left otherwise. */
const changedRows = (store: Store, before: User, after: User | undefined): TransactItems =>
  (after?.held ?? []).flatMap(({ connection }) => {
    const { joinedAtMs, session, role } = heldBy(before, connection)?.connection ?? connection;
    const same =
      connection.joinedAtMs === joinedAtMs && connection.session === session && connection.role === role;
    return same ? [] : [putRow(store, connection, 'exists')];
  });

/** The connection as its user holds it. */
const heldBy = (
  user: User | undefined,
  { connectionId }: Pick<Connection, 'connectionId'>,
): HeldConnection | undefined =>
  user?.held.find(({ connection }) => connection.connectionId === connectionId);
