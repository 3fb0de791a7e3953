import type Database from 'libsql';

/** One change: how it is written, and how to take it back from memory should that fail. */
export type JournaledChange = { readonly write: () => void; readonly undo: () => void };

/** When a tick is over: `setImmediate`, but for tests. */
export type Schedule = (callback: () => void) => void;

/** What a journal may be given. */
export type JournalOptions = {
  readonly schedule?: Schedule | undefined;
  /** Writes what the changes of a tick have in common, after them and in the same transaction. */
  readonly beforeCommit?: () => void;
};

/**
 * Writes all changes of one tick of the event loop in one transaction. Either all of them are on disk or none, and in
 * memory likewise: when the disk refuses, they are taken back, the last first.
 */
export class Journal {
  readonly #database: Database.Database;
  readonly #schedule: Schedule;
  readonly #beforeCommit: () => void;
  #pending: JournaledChange[] = [];
  #commit: Promise<void> | undefined;

  constructor(database: Database.Database, options: JournalOptions = {}) {
    const { schedule = setImmediate, beforeCommit = () => {} } = options;
    this.#database = database;
    this.#schedule = schedule;
    this.#beforeCommit = beforeCommit;
  }

  /** Resolves when the change, and whatever else this tick brought, is committed. */
  append(change: JournaledChange): Promise<void> {
    this.#pending.push(change);
    this.#commit ??= new Promise((resolve, reject) => {
      this.#schedule(() => {
        this.#commit = undefined;
        try {
          this.flush();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    return this.#commit;
  }

  /** Whether nothing waits to be committed. */
  get idle(): boolean {
    return this.#pending.length === 0;
  }

  /** Resolves when nothing is waiting to be committed, so that memory shows what the disk has. */
  async settled(): Promise<void> {
    while (this.#commit) await this.#commit.catch(() => {});
  }

  /** Commits what is pending now. Throws what the database threw, when everything has been taken back. */
  flush(): void {
    const changes = this.#pending;
    this.#pending = [];
    if (changes.length === 0) return;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const { write } of changes) write();
      this.#beforeCommit();
      this.#database.exec('COMMIT');
    } catch (error) {
      for (const { undo } of changes.reverse()) undo();
      // Some failures, such as a full disk, have rolled back already.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}
