import type { Connection } from '../meeting/ports.ts';
import type { JournaledChange } from './Journal.ts';
import type { MeetingTables } from './MeetingTables.ts';

type User = Pick<Connection, 'meetingId' | 'userId'>;

/** Who may not come back to a meeting for a while, in memory and, since a restart is no pardon, in the tables. */
export class Bans {
  readonly #tables: MeetingTables;
  readonly #now: () => number;
  readonly #untilMs = new Map<string, number>();

  /** Reads what the tables have. `now` is in epoch milliseconds. */
  constructor(tables: MeetingTables, now: () => number) {
    this.#tables = tables;
    this.#now = now;
    for (const { expiresAtMs, ...user } of tables.bans(now())) this.#untilMs.set(keyOf(user), expiresAtMs);
  }

  has(user: User): boolean {
    const untilMs = this.#untilMs.get(keyOf(user));
    return untilMs !== undefined && untilMs > this.#now();
  }

  /** Bans a user from now on. The caller journals the change. */
  add(user: User, seconds: number): JournaledChange {
    const key = keyOf(user);
    const before = this.#untilMs.get(key);
    const expiresAtMs = this.#now() + seconds * 1000;
    this.#untilMs.set(key, expiresAtMs);
    return {
      write: () => this.#tables.writeBan(user, expiresAtMs),
      undo: () => {
        if (before === undefined) this.#untilMs.delete(key);
        else this.#untilMs.set(key, before);
      },
    };
  }

  /** Lets go of the bans that are over. */
  forgetExpired(): void {
    const nowMs = this.#now();
    for (const [key, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(key);
  }
}

const keyOf = ({ meetingId, userId }: User): string => JSON.stringify([meetingId, userId]);
