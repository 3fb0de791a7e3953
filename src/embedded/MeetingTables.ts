import type Database from 'libsql';
import type { Connection, Entry, EntryPage, EntryRange } from '../meeting/ports.ts';
import { isGapless, takePage } from '../meeting/takePage.ts';
import type { MeetingId, UserId } from '../protocol/ids.ts';

/** A meeting's log: the number that stands for the meeting in the other tables, and where the log stands. */
export type Log = { readonly id: number; readonly epoch: string; readonly seq: number };

/** Lines read at once. */
const READ_AT_ONCE = 16;

/** Which chat a client has sent: its own name for it. */
export type RequestKey = { readonly userId: UserId; readonly requestId: string };

/** How long a line is kept; of a chat with a name, that, and how long one of the same name is the same chat. */
type EntryOptions = {
  readonly expiresAtMs: number;
  readonly request: RequestKey | undefined;
  readonly requestExpiresAtMs: number | undefined;
};

/** Who may not come back to which meeting, and until when in epoch milliseconds. */
type Ban = Pick<Connection, 'meetingId' | 'userId'> & { readonly expiresAtMs: number };

/** The statements on the tables of {@link openDatabase}. Those that write are to be called from a journal. */
export class MeetingTables {
  readonly #statement: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#statement = prepare(database);
  }

  log(meetingId: MeetingId): Log | undefined {
    return this.#statement.log.get(meetingId) as Log | undefined;
  }

  /** The highest number that was given to a meeting; 0 if none was. */
  lastMeeting(): number {
    return (this.#statement.lastMeeting.get() as { id: number }).id;
  }

  writeLog(meetingId: MeetingId, { id, epoch, seq }: Log): void {
    this.#statement.writeLog.run(id, meetingId, epoch, seq);
  }

  writeEntry(meeting: number, { seq, text }: Entry, options: EntryOptions): void {
    const { expiresAtMs, request, requestExpiresAtMs = null } = options;
    const { writeEntry } = this.#statement;
    const [userId, requestId] = request ? [request.userId, request.requestId] : [null, null];
    writeEntry.run(meeting, seq, text, expiresAtMs, userId, requestId, requestExpiresAtMs);
  }

  /** The entry that an earlier request with this name led to. */
  requested(meeting: number, { userId, requestId }: RequestKey, nowMs: number): Entry | undefined {
    const row = this.#statement.requested.get(meeting, userId, requestId, nowMs) as Entry | undefined;
    // What libsql's get() returns has a field of its own besides.
    return row && { seq: row.seq, text: row.text };
  }

  writeParticipant(meeting: number, connection: Connection): void {
    this.#statement.writeParticipant.run(meeting, connection.userId, JSON.stringify(connection));
  }

  deleteParticipant(meeting: number, userId: UserId): void {
    this.#statement.deleteParticipant.run(meeting, userId);
  }

  /** One connection of each person who is there according to the tables. */
  participants(): readonly Connection[] {
    const rows = this.#statement.participants.all() as { connection: string }[];
    return rows.map(({ connection }) => JSON.parse(connection) as Connection);
  }

  writeBan({ meetingId, userId }: Pick<Connection, 'meetingId' | 'userId'>, expiresAtMs: number): void {
    this.#statement.writeBan.run(meetingId, userId, expiresAtMs);
  }

  /** Whoever may not come back yet. */
  bans(nowMs: number): readonly Ban[] {
    return (this.#statement.bans.all(nowMs) as Ban[]).map(({ meetingId, userId, expiresAtMs }) => ({
      meetingId,
      userId,
      expiresAtMs,
    }));
  }

  entries({ id, seq: last }: Log, range: EntryRange, nowMs: number): EntryPage {
    const { limit } = range;
    const { entriesBefore, entriesAfter } = this.#statement;
    if ('before' in range) {
      const read = (before: number) => entriesBefore.all(id, before, nowMs, READ_AT_ONCE) as Entry[];
      const { taken, more } = takePage(inParts(range.before, read), limit);
      return { entries: taken.toReversed(), more, unbroken: false };
    }
    const through = Math.min(range.through ?? last, last);
    const read = (after: number) => entriesAfter.all(id, after, through, nowMs, READ_AT_ONCE) as Entry[];
    const { taken, more } = takePage(inParts(range.after, read), limit);
    const unbroken = taken.length > 0 ? isGapless(range.after, taken) : range.after >= through;
    return { entries: taken, more, unbroken };
  }

  /**
   * Deletes at most so many lines and bans each; returns how many of one kind at the most. A line that expires before
   * one that was written earlier, as after the clock was set back, is deleted after that one.
   */
  deleteExpired(nowMs: number, limit: number): number {
    const { deleteEntries, deleteBans } = this.#statement;
    const deleted = [deleteEntries.run(limit, nowMs), deleteBans.run(nowMs, limit)];
    return Math.max(...deleted.map(({ changes }) => changes));
  }
}

/** Lines one part after another, as far as they are asked for: a page may be full long before its limit. */
function* inParts(from: number, read: (from: number) => readonly Entry[]): Generator<Entry> {
  for (let part = read(from); part.length > 0; part = read(part.at(-1)?.seq ?? from)) {
    yield* part;
    if (part.length < READ_AT_ONCE) return;
  }
}

function prepare(database: Database.Database) {
  const sql = (text: string) => database.prepare(text);
  return {
    log: sql('SELECT id, epoch, seq FROM meetings WHERE meeting_id = ?'),
    lastMeeting: sql('SELECT COALESCE(MAX(id), 0) AS id FROM meetings'),
    writeLog: sql(
      'INSERT INTO meetings VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq',
    ),
    writeEntry: sql('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)'),
    requested: sql(`SELECT seq, text FROM entries
      WHERE meeting = ? AND user_id = ? AND request_id = ? AND request_expires_at > ?`),
    writeParticipant: sql(`INSERT INTO participants VALUES (?, ?, ?)
      ON CONFLICT (meeting, user_id) DO UPDATE SET connection = excluded.connection`),
    deleteParticipant: sql('DELETE FROM participants WHERE meeting = ? AND user_id = ?'),
    participants: sql('SELECT connection FROM participants ORDER BY meeting, user_id'),
    entriesAfter: sql(`SELECT seq, text FROM entries
      WHERE meeting = ? AND seq > ? AND seq <= ? AND expires_at > ? ORDER BY seq LIMIT ?`),
    entriesBefore: sql(`SELECT seq, text FROM entries
      WHERE meeting = ? AND seq < ? AND expires_at > ? ORDER BY seq DESC LIMIT ?`),
    writeBan: sql(`INSERT INTO bans VALUES (?, ?, ?)
      ON CONFLICT (meeting_id, user_id) DO UPDATE SET expires_at = excluded.expires_at`),
    bans: sql(`SELECT meeting_id AS meetingId, user_id AS userId, expires_at AS expiresAtMs FROM bans
      WHERE expires_at > ?`),
    deleteBans: sql(`DELETE FROM bans WHERE (meeting_id, user_id) IN
      (SELECT meeting_id, user_id FROM bans WHERE expires_at <= ? LIMIT ?)`),
    deleteEntries: sql(`DELETE FROM entries WHERE rowid IN
      (SELECT rowid FROM entries ORDER BY rowid LIMIT ?) AND expires_at <= ?`),
  };
}
