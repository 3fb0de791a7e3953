import { entryOf } from '../meeting/entry.ts';
import type { Entry } from '../meeting/ports.ts';
import type { MessageFrame } from '../protocol/frames.ts';
import type { MeetingId } from '../protocol/ids.ts';
import type { EventFrame } from '../protocol/participants.ts';
import type { JournaledChange } from './Journal.ts';
import type { Log, MeetingTables, RequestKey } from './MeetingTables.ts';

const DAY_MS = 86_400_000;

/** What keeping logs needs. */
export type LogsOptions = {
  readonly tables: MeetingTables;
  readonly historyTtlSeconds: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
};

/** Where each meeting's log stands, in memory ahead of the tables by what this tick has brought. */
export class Logs {
  readonly #options: LogsOptions;
  readonly #logs = new Map<MeetingId, Log>();
  readonly #uncommitted = new Map<string, Entry>();
  /** Logs whose lines are written, and whose ends aren't yet: once a tick does for any number of lines. */
  readonly #unwrittenEnds = new Map<MeetingId, Log>();
  #lastMeeting: number;

  constructor(options: LogsOptions) {
    this.#options = options;
    this.#lastMeeting = options.tables.lastMeeting();
  }

  /** A meeting's log; a new one, which nothing has been written to, if it has none. */
  log(meetingId: MeetingId): Log {
    const kept = this.#logs.get(meetingId) ?? this.#unwrittenEnds.get(meetingId);
    const known = kept ?? this.#options.tables.log(meetingId);
    const log = known ?? { id: ++this.#lastMeeting, epoch: this.#options.newId(), seq: 0 };
    this.#logs.set(meetingId, log);
    return log;
  }

  /** Lets go of a log that nobody is there to use; the tables have it. */
  forget(meetingId: MeetingId): void {
    this.#logs.delete(meetingId);
  }

  /** Writes where the logs stand whose lines the tick has brought. To be called by the journal, after all its changes. */
  writeEnds(): void {
    for (const [meetingId, log] of this.#unwrittenEnds) this.#options.tables.writeLog(meetingId, log);
    this.#unwrittenEnds.clear();
  }

  /** Takes the next seq for a frame. The caller journals the change, in a journal that calls {@link writeEnds}. */
  append(
    meetingId: MeetingId,
    frame: MessageFrame | EventFrame,
    request?: RequestKey,
  ): { readonly entry: Entry; readonly change: JournaledChange } {
    const { tables, now, historyTtlSeconds } = this.#options;
    const before = this.log(meetingId);
    const after = { id: before.id, epoch: before.epoch, seq: before.seq + 1 };
    const entry = entryOf(frame, after.seq);
    const key = request && keyOf(meetingId, request);
    const nowMs = now();
    this.#logs.set(meetingId, after);
    if (key) this.#uncommitted.set(key, entry);
    const write = () => {
      if (key) this.#uncommitted.delete(key);
      this.#unwrittenEnds.set(meetingId, after);
      tables.writeEntry(after.id, entry, {
        expiresAtMs: nowMs + historyTtlSeconds * 1000,
        request,
        requestExpiresAtMs: request && nowMs + DAY_MS,
      });
    };
    const undo = () => {
      if (key) this.#uncommitted.delete(key);
      this.#logs.set(meetingId, before);
      this.#unwrittenEnds.delete(meetingId);
    };
    return { entry, change: { write, undo } };
  }

  /** What a user's request with this name was logged as, whether or not it is committed yet. */
  requested(meetingId: MeetingId, request: RequestKey): Entry | undefined {
    const uncommitted = this.#uncommitted.get(keyOf(meetingId, request));
    if (uncommitted) return uncommitted;
    return this.#options.tables.requested(this.log(meetingId).id, request, this.#options.now());
  }
}

/** None of the three holds a control character. */
const keyOf = (meetingId: MeetingId, { userId, requestId }: RequestKey): string =>
  `${meetingId}\n${userId}\n${requestId}`;
