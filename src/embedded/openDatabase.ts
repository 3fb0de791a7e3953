import Database from 'libsql';

/** Whether what was acknowledged survives the end of the process (`normal`) or a power cut as well (`full`). */
export type Durability = 'normal' | 'full';

/** Raised when another process has the database open. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse';
}

const schema = `
CREATE TABLE IF NOT EXISTS meetings (
  id INTEGER PRIMARY KEY,
  meeting_id TEXT NOT NULL UNIQUE,
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL
);
-- In the order of writing: most of a line's cost is where it goes. Expiry needs no index, for the oldest come first.
CREATE TABLE IF NOT EXISTS entries (
  meeting INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  text TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  user_id TEXT,
  request_id TEXT,
  request_expires_at INTEGER,
  PRIMARY KEY (meeting, seq)
);
CREATE INDEX IF NOT EXISTS entries_request ON entries (meeting, user_id, request_id) WHERE request_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS participants (
  meeting INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  connection TEXT NOT NULL,
  PRIMARY KEY (meeting, user_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bans (
  meeting_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (meeting_id, user_id)
) WITHOUT ROWID;
`;

/** Layouts of the tables, counted from 1. A newer program may have written one that this one can't read. */
const SCHEMA_VERSION = 2;

/** Before {@link schema}, and after it: what makes the second layout of the first, which had a table of requests. */
const fromFirst = {
  before: 'ALTER TABLE entries RENAME TO first_entries; DROP INDEX entries_expiry;',
  after: `
INSERT INTO entries
  SELECT meeting, seq, text, first_entries.expires_at, user_id, request_id, requests.expires_at
  FROM first_entries LEFT JOIN requests USING (meeting, seq) ORDER BY first_entries.expires_at, seq;
DROP TABLE first_entries;
DROP TABLE requests;
`,
};

/**
 * Opens a database file, or `:memory:`, for this process alone. Throws {@link DatabaseInUse}.
 *
 * A write-ahead log costs one short write a commit, and survives `kill -9` without syncing:
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function openDatabase(path: string, durability: Durability = 'normal'): Database.Database {
  const database = new Database(path);
  const pragma = (setting: string) => database.prepare(`PRAGMA ${setting}`).get();
  try {
    pragma('locking_mode = EXCLUSIVE');
    pragma('journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${durability}`);
    const version = (pragma('user_version') as { user_version: number }).user_version;
    if (version > SCHEMA_VERSION) throw new Error(`${path} was written by a newer version of CloudMeetX`);
    const { before, after } = version === 1 ? fromFirst : { before: '', after: '' };
    database.exec(
      `BEGIN IMMEDIATE; ${before} ${schema} ${after} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`,
    );
    return database;
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw new DatabaseInUse(`${path} is in use by another process`, { cause: error });
  }
}
