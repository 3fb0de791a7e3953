import type { Occasion } from '../meeting/announcement.ts';
import { tellingOf, userLeft } from '../meeting/announcement.ts';
import type { MeetingState } from '../meeting/arrival.ts';
import type { Announcement, Connection } from '../meeting/ports.ts';
import { newestJoined, type User } from '../meeting/user.ts';
import type { MeetingId } from '../protocol/ids.ts';
import type { Journal, JournaledChange } from './Journal.ts';
import type { Logs } from './Logs.ts';
import type { MeetingTables } from './MeetingTables.ts';
import type { Members } from './Members.ts';

/** What changes are made on. */
export type MemberChangesOptions = {
  readonly members: Members;
  readonly logs: Logs;
  readonly journal: Journal;
  readonly tables: MeetingTables;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/**
 * Changes users, in memory at once and on disk with the tick: each with the line that tells of it, and with what else
 * changes in the same step. What the disk refuses is taken back from memory.
 */
export class MemberChanges {
  readonly #options: MemberChangesOptions;

  constructor(options: MemberChangesOptions) {
    this.#options = options;
  }

  /**
   * Replaces a user in memory, and commits what others are to be told and what must outlive the process, with what else
   * has changed in the same step.
   */
  async make(
    occasion: Pick<Occasion, 'after' | 'connection' | 'reason'>,
    beside?: JournaledChange,
  ): Promise<Announcement | undefined> {
    const { members, logs, journal, now } = this.#options;
    const { connection, after } = occasion;
    const { meetingId } = connection;
    const before = members.user(connection);
    const telling = tellingOf({ ...occasion, before, nowMs: now() });
    members.replace(connection, after);
    const undoMemory = () => {
      members.replace(connection, before);
      beside?.undo();
    };
    if (!telling) {
      const write = () => beside?.write();
      // What the disk needn't know still has its place among the changes that may be taken back.
      if (beside || !journal.idle) await this.commit(meetingId, { write, undo: undoMemory });
      else this.forgetIfEmpty(meetingId);
      return undefined;
    }
    const logged = telling.kind === 'logged' ? logs.append(meetingId, telling.frame) : undefined;
    const write = () => {
      beside?.write();
      logged?.change.write();
      this.#writeParticipant(connection, after);
    };
    const undo = () => {
      logged?.change.undo();
      undoMemory();
    };
    await this.commit(meetingId, { write, undo });
    return logged?.entry ?? { seq: undefined, text: JSON.stringify(telling.frame) };
  }

  #writeParticipant({ meetingId, userId }: Connection, user: User | undefined): void {
    const { logs, tables } = this.#options;
    const { id } = logs.log(meetingId);
    const newest = newestJoined(user);
    if (newest) tables.writeParticipant(id, newest);
    else tables.deleteParticipant(id, userId);
  }

  /** Journals a change of a meeting. */
  commit(meetingId: MeetingId, { write, undo }: JournaledChange): Promise<void> {
    const writeAndForget = () => {
      write();
      this.forgetIfEmpty(meetingId);
    };
    return this.#options.journal.append({ write: writeAndForget, undo });
  }

  /** What is kept in memory of a log is for those who are there. To be called when all of it is written. */
  forgetIfEmpty(meetingId: MeetingId): void {
    const { members, logs } = this.#options;
    if (members.isEmpty(meetingId)) logs.forget(meetingId);
  }

  /** Whoever was there when the process died lost the connection then: said once, before anybody can come back. */
  endParticipations(): void {
    const { logs, journal, tables, now } = this.#options;
    const nowMs = now();
    for (const connection of tables.participants()) {
      const { meetingId, userId } = connection;
      const frame = userLeft(connection, 'connection-lost', nowMs);
      const { change } = logs.append(meetingId, frame);
      const write = () => {
        change.write();
        tables.deleteParticipant(logs.log(meetingId).id, userId);
        logs.forget(meetingId);
      };
      journal.append({ write, undo: change.undo });
    }
    journal.flush();
  }

  /** Makes the change of a state that goes with one of a user. */
  setState(meetingId: MeetingId, state: MeetingState): JournaledChange {
    const { members } = this.#options;
    const { state: before } = members.meeting(meetingId);
    members.setState(meetingId, state);
    return { write: () => {}, undo: () => members.setState(meetingId, before) };
  }
}
