import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { bob, chat, meetingId } from '../../test/contracts/meetings/start.ts';
import { memoryMeetings } from '../../test/harness/embeddedMeetings.ts';

const nowMs = Date.UTC(2026, 10, 22);
const text = JSON.stringify({ ...chat(bob, 'hello'), seq: 1 });

/** The tables as they were when requests had one of their own, with two lines; the first is a chat that has a name. */
function writeFirstLayout(path: string): void {
  const database = new Database(path);
  database.exec(`
    CREATE TABLE meetings (id INTEGER PRIMARY KEY, meeting_id TEXT NOT NULL UNIQUE, epoch TEXT NOT NULL, seq INTEGER NOT NULL);
    CREATE TABLE entries (meeting INTEGER NOT NULL, seq INTEGER NOT NULL, text TEXT NOT NULL, expires_at INTEGER NOT NULL,
      PRIMARY KEY (meeting, seq)) WITHOUT ROWID;
    CREATE INDEX entries_expiry ON entries (expires_at);
    CREATE TABLE requests (meeting INTEGER NOT NULL, user_id TEXT NOT NULL, request_id TEXT NOT NULL, seq INTEGER NOT NULL,
      expires_at INTEGER NOT NULL, PRIMARY KEY (meeting, user_id, request_id)) WITHOUT ROWID;
    CREATE INDEX requests_expiry ON requests (expires_at);
    PRAGMA user_version = 1;
  `);
  database.prepare('INSERT INTO meetings VALUES (1, ?, ?, 2)').run(meetingId, 'first epoch');
  const line = database.prepare('INSERT INTO entries VALUES (1, ?, ?, ?)');
  line.run(1, text, nowMs + 1000);
  line.run(2, '{"type":"void","seq":2}', nowMs + 2000);
  database.prepare('INSERT INTO requests VALUES (1, ?, ?, 1, ?)').run(bob.userId, 'r1', nowMs + 500);
  database.close();
}

it('[ML2][ML3][ML4] reads the log of an earlier version, whose chats can still be told from retries', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'layouts-'));
  const path = join(folder, 'meetings.db');
  writeFirstLayout(path);
  const meetings = memoryMeetings({ path, now: () => nowMs });
  const { entries } = await meetings.entries({ meetingId, after: 0, limit: 10 });
  expect(entries).toEqual([
    { seq: 1, text },
    { seq: 2, text: '{"type":"void","seq":2}' },
  ]);
  expect(await meetings.head(meetingId)).toEqual({ epoch: 'first epoch', seq: 2 });
  const again = await meetings.appendChat(bob, chat(bob, 'hello'), 'r1');
  expect(again).toEqual({ outcome: 'duplicate', entry: { seq: 1, text } });
  expect(await meetings.appendChat(bob, chat(bob, 'more'), 'r2')).toMatchObject({ entry: { seq: 3 } });
  await meetings.close();
  rmSync(folder, { recursive: true });
});
