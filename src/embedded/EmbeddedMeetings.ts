import type Database from 'libsql';
import { lockChanged, participantOf } from '../meeting/announcement.ts';
import {
  type Arriving,
  roleOnJoining,
  stateAfterJoining,
  stateIn,
  unwelcome,
  withLock,
} from '../meeting/arrival.ts';
import { isRetry } from '../meeting/entry.ts';
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
  Unwelcome,
  UpdateOutcome,
} from '../meeting/ports.ts';
import {
  isMember,
  isPresent,
  type Joining,
  newestJoined,
  withAttributes,
  withConnection,
  withJoin,
  without,
} from '../meeting/user.ts';
import type { MessageFrame } from '../protocol/frames.ts';
import type { ConnectionId, MeetingId } from '../protocol/ids.ts';
import type { Attributes } from '../protocol/participants.ts';
import { Bans } from './Bans.ts';
import { Journal, type Schedule } from './Journal.ts';
import { Logs } from './Logs.ts';
import { type Log, MeetingTables } from './MeetingTables.ts';
import { MemberChanges } from './MemberChanges.ts';
import { Members } from './Members.ts';
import { type Durability, openDatabase } from './openDatabase.ts';

/** What meetings on one machine need. */
export type EmbeddedMeetingsOptions = {
  /** A file, or `:memory:`. */
  readonly path: string;
  readonly durability?: Durability;
  /** How long a line of the log can be read; at least a day, since a retry may come that late. */
  readonly historyTtlSeconds: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new id that nothing else has. */
  readonly newId: () => string;
  readonly schedule?: Schedule;
};

/** Rows deleted in one transaction: a few milliseconds' worth. */
const PRUNED_AT_ONCE = 1000;

/**
 * {@link Meetings} of one process: connections in its memory, since they die with it; log and participants in SQLite.
 *
 * Each method changes memory before it returns its promise, which makes it atomic, and resolves when the change is
 * committed. A disk that refuses makes it reject, and the change is taken back.
 */
export class EmbeddedMeetings implements Meetings {
  readonly #members = new Members();
  readonly #journal: Journal;
  readonly #tables: MeetingTables;
  readonly #logs: Logs;
  readonly #bans: Bans;
  readonly #changes: MemberChanges;
  readonly #options: EmbeddedMeetingsOptions;
  readonly #database: Database.Database;

  /** Opens the store, and ends the log's participations that a crash left open. Throws `DatabaseInUse`. */
  constructor(options: EmbeddedMeetingsOptions) {
    this.#options = options;
    this.#database = openDatabase(options.path, options.durability);
    this.#tables = new MeetingTables(this.#database);
    this.#logs = new Logs({ ...options, tables: this.#tables });
    const { schedule } = options;
    this.#journal = new Journal(this.#database, { schedule, beforeCommit: () => this.#logs.writeEnds() });
    this.#bans = new Bans(this.#tables, options.now);
    const { now } = options;
    this.#changes = new MemberChanges({
      members: this.#members,
      logs: this.#logs,
      journal: this.#journal,
      tables: this.#tables,
      now,
    });
    this.#changes.endParticipations();
  }

  async connect(connection: Connection, limits: MembershipLimits): Promise<ConnectOutcome> {
    if (this.#members.held(connection)) return { outcome: 'connected', evicted: [] };
    const before = this.#members.user(connection);
    const { after, evicted } = withConnection(before, connection, limits);
    const outcome = this.#unwelcome({ connection, before, after, limits });
    if (outcome) return { outcome };
    const last = evicted.at(-1) ?? connection;
    const announcement = await this.#changes.make({ connection: last, after, reason: 'replaced' });
    return { outcome: 'connected', evicted, announcement };
  }

  async find(connectionId: ConnectionId): Promise<Connection | undefined> {
    return this.#members.connection(connectionId);
  }

  async join(
    { meetingId, userId, connectionId }: Connection,
    joining: Joining & { readonly limits: MembershipLimits },
  ): Promise<JoinOutcome> {
    const held = this.#members.held({ meetingId, userId, connectionId });
    if (!held) return { outcome: 'not-connected' };
    const { user, self } = held;
    const { connection } = self;
    const meeting = this.#members.meeting(meetingId);
    const role = roleOnJoining(connection, user, meeting);
    const { after, evicted } = withJoin(user, self, { ...joining, role, nowMs: this.#options.now() });
    const { limits, replaces } = joining;
    const refusal = this.#unwelcome({ connection, before: user, after, limits, replaces });
    if (refusal) return { outcome: refusal };

    const state = stateAfterJoining(connection, user, meeting);
    const announcing = this.#changes.make(
      { connection, after, reason: 'replaced' },
      state && this.#changes.setState(meetingId, state),
    );
    const joined = this.#members.connection(connectionId) ?? connection;
    const announcement = await announcing;
    const again = connection.joinedAtMs !== undefined;
    const newcomer = isPresent(user) ? 'additional' : 'first';
    return { outcome: again ? 'already-joined' : newcomer, connection: joined, evicted, announcement };
  }

  async update(connection: Connection, attributes: Attributes): Promise<UpdateOutcome> {
    const held = this.#members.held(connection);
    if (held?.self.connection.joinedAtMs === undefined) return { outcome: 'not-joined' };
    const { after } = withAttributes(held.user, held.self, { attributes, nowMs: this.#options.now() });
    const announcement = await this.#changes.make({
      connection: held.self.connection,
      after,
      reason: 'replaced',
    });
    return { outcome: 'updated', announcement };
  }

  async leave({ connectionId, meetingId, userId }: Connection, reason: LeaveReason): Promise<LeaveOutcome> {
    const held = this.#members.held({ connectionId, meetingId, userId });
    if (!held) return { outcome: 'already-gone' };
    const { connection } = held.self;
    const { after } = without(held.user, held.self, this.#options.now());
    const announcement = await this.#changes.make({ connection, after, reason });
    return { outcome: after ? 'remaining' : 'last', connection, announcement };
  }

  async remove(user: Pick<Connection, 'meetingId' | 'userId'>, banSeconds: number): Promise<RemoveOutcome> {
    const before = this.#members.user(user);
    const removed = before?.held.map(({ connection }) => connection) ?? [];
    const connection = newestJoined(before) ?? removed.findLast(isMember);
    if (!connection) return { outcome: 'not-there' };
    const ban = this.#bans.add(user, banSeconds);
    const announcement = await this.#changes.make({ connection, after: undefined, reason: 'kicked' }, ban);
    return { outcome: 'removed', removed, announcement };
  }

  async setLock(host: Connection, lock: 'locked' | 'unlocked'): Promise<LockOutcome> {
    const { meetingId } = host;
    const state = stateIn(this.#members.meeting(meetingId));
    const after = withLock(state, lock, this.#members.users(meetingId));
    if (!after) return { outcome: 'unchanged' };
    // It dies with the process, as the meeting does, so that the disk needn't know.
    this.#members.setState(meetingId, after);
    const frame = lockChanged(host, lock, this.#options.now());
    return { outcome: 'changed', announcement: { seq: undefined, text: JSON.stringify(frame) } };
  }

  async recipients(audience: Audience): Promise<readonly Connection[]> {
    return this.#members.recipients(audience);
  }

  async appendChat(
    sender: Connection,
    frame: MessageFrame,
    requestId: string | undefined,
  ): Promise<AppendOutcome> {
    const { meetingId, userId } = sender;
    const request = requestId === undefined ? undefined : { userId, requestId };
    const earlier = request && this.#logs.requested(meetingId, request);
    if (!earlier) {
      const { entry, change } = this.#logs.append(meetingId, frame, request);
      await this.#changes.commit(meetingId, change);
      return { outcome: 'appended', entry };
    }
    if (!isRetry(earlier, frame)) return { outcome: 'request-id-reused' };
    while (!this.#journal.idle) await this.#journal.settled();
    // The disk may have refused the first one meanwhile.
    const logged = this.#logs.requested(meetingId, request);
    return logged ? { outcome: 'duplicate', entry: logged } : this.appendChat(sender, frame, requestId);
  }

  async head(meetingId: MeetingId): Promise<LogHead> {
    while (!this.#journal.idle) await this.#journal.settled();
    const { epoch, seq } = this.#committedLog(meetingId);
    return { epoch, seq };
  }

  async entries(range: EntryRange): Promise<EntryPage> {
    while (!this.#journal.idle) await this.#journal.settled();
    return this.#tables.entries(this.#committedLog(range.meetingId), range, this.#options.now());
  }

  async roster(meetingId: MeetingId): Promise<Roster> {
    while (!this.#journal.idle) await this.#journal.settled();
    const { epoch, seq } = this.#committedLog(meetingId);
    const participants = [...this.#members.users(meetingId)].flatMap((user) => participantOf(user) ?? []);
    participants.sort((a, b) => (a.userId < b.userId ? -1 : 1));
    const { lock } = stateIn(this.#members.meeting(meetingId));
    return { epoch, seq, participants, locked: lock !== undefined };
  }

  async *connectedBefore(epochMs: number): AsyncIterable<readonly Connection[]> {
    yield [...this.#members.connections()].filter(({ connectedAtMs }) => connectedAtMs < epochMs);
  }

  /** Deletes what has expired, some in each tick, so that nobody waits long behind it. */
  async prune(): Promise<void> {
    this.#bans.forgetExpired();
    const nowMs = this.#options.now();
    for (let deleted = PRUNED_AT_ONCE; deleted === PRUNED_AT_ONCE; ) {
      const write = () => {
        deleted = this.#tables.deleteExpired(nowMs, PRUNED_AT_ONCE);
      };
      await this.#journal.append({ write, undo: () => {} });
    }
  }

  /** Commits what is pending and closes. The file stays locked until the process ends. */
  async close(): Promise<void> {
    await this.#journal.settled();
    this.#database.close();
  }

  /** To be called when nothing is pending: what is shown of a log must be on disk, or its seqs could be shown twice. */
  #committedLog(meetingId: MeetingId): Log {
    const log = this.#logs.log(meetingId);
    this.#changes.forgetIfEmpty(meetingId);
    return log;
  }

  #unwelcome(arriving: Omit<Arriving, 'banned'>): Unwelcome | undefined {
    const { connection } = arriving;
    const meeting = this.#members.meeting(connection.meetingId);
    return unwelcome({ ...arriving, banned: this.#bans.has(connection) }, meeting);
  }
}
