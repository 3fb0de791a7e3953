import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { alice, bob, chat, joining, mallory, meetingId, roomy } from '../../test/contracts/meetings/start.ts';
import { meetingsContract } from '../../test/contracts/meetings.ts';
import { memoryMeetings } from '../../test/harness/embeddedMeetings.ts';

meetingsContract('embedded', async (options) => {
  const meetings = memoryMeetings(options);
  return {
    meetings,
    populate: async (connections) => {
      const limits = { ...roomy, connectionsPerMeeting: connections.length };
      for (const connection of connections) {
        await meetings.connect(connection, limits);
        await meetings.join(connection, joining({ limits }));
      }
    },
    close: () => meetings.close(),
  };
});

it('[MH2] pardons nobody because the server started again, until the time is over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bans-'));
  let nowMs = bob.connectedAtMs;
  const start = () => {
    const path = join(folder, `${nowMs}.db`);
    return { path, meetings: memoryMeetings({ now: () => nowMs, path }) };
  };
  const first = start();
  await first.meetings.connect(bob, roomy);
  await first.meetings.remove(bob, 60);
  await first.meetings.close();
  for (const [passedMs, outcome] of [
    [59_999, 'banned'],
    [1, 'connected'],
  ] as const) {
    nowMs += passedMs;
    // The file of a process that lives on stays locked.
    const path = join(folder, `${nowMs}.db`);
    for (const part of ['', '-wal'])
      if (existsSync(first.path + part)) copyFileSync(first.path + part, path + part);
    const meetings = memoryMeetings({ now: () => nowMs, path });
    await meetings.prune();
    expect(await meetings.connect(bob, roomy)).toMatchObject({ outcome });
    await meetings.close();
  }
  rmSync(folder, { recursive: true });
});

it('[MH1][MH2] takes back whom the disk refused to make host, and whom it refused to ban', async () => {
  // A line without a time of expiry is one that the table doesn't take.
  const meetings = memoryMeetings({ historyTtlSeconds: Number.NaN });
  for (const connection of [alice, bob]) await meetings.connect(connection, roomy);
  // All that one tick brings shares its fate.
  const tick = await Promise.allSettled([meetings.remove(bob, 60), meetings.join(alice, joining())]);
  expect(tick.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await meetings.find(alice.connectionId)).toEqual(alice);
  expect(await meetings.find(bob.connectionId)).toEqual(bob);
  const again = { ...bob, connectionId: mallory.connectionId };
  expect((await meetings.connect(again, roomy)).outcome).toBe('connected');
  await meetings.close();
});

it('[ML3][MJ6] has nobody left over from a tick in which all came and went, after a start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ticks-'));
  const path = join(folder, 'first.db');
  const first = memoryMeetings({ path });
  for (const connection of [alice, bob]) await first.connect(connection, roomy);
  await Promise.all([
    ...[alice, bob].map((connection) => first.join(connection, joining())),
    ...[bob, alice].map((connection) => first.leave(connection, 'left')),
  ]);
  const head = await first.head(meetingId);
  expect(head.seq).toBe(4);
  await first.close();
  // The file of a process that lives on stays locked.
  const again = join(folder, 'again.db');
  for (const part of ['', '-wal']) if (existsSync(path + part)) copyFileSync(path + part, again + part);
  const second = memoryMeetings({ path: again });
  expect(await second.head(meetingId)).toEqual(head);
  await second.close();
  rmSync(folder, { recursive: true });
});

it('[ML4] deletes what has expired when it is pruned, however much, and nothing else', async () => {
  const dayMs = 86_400_000;
  let nowMs = Date.UTC(2026, 10, 22);
  const meetings = memoryMeetings({ now: () => nowMs });
  const say = (n: number) => meetings.appendChat(bob, chat(bob, `${n}`), `r${n}`);
  await Promise.all(Array.from({ length: 2500 }, (_, n) => say(n)));
  nowMs += 7.5 * dayMs;
  await say(2500);
  await meetings.prune();
  // What is there at all shows when the clock is put back.
  nowMs -= 7.5 * dayMs;
  const { entries } = await meetings.entries({ meetingId, after: 0, limit: 300 });
  expect(entries.map(({ seq }) => seq)).toEqual([2501]);
  expect(await say(2500)).toMatchObject({ outcome: 'duplicate' });
  expect(await say(7)).toMatchObject({ outcome: 'appended' });
  await meetings.close();
});

it('[ML5] claims no log to be unbroken of which lines in between have expired, as after the clock was set back', async () => {
  const hourMs = 3_600_000;
  let nowMs = Date.UTC(2026, 10, 22);
  const meetings = memoryMeetings({ now: () => nowMs });
  const say = (n: number) => meetings.appendChat(bob, chat(bob, `${n}`), undefined);
  await say(1);
  nowMs -= hourMs;
  await say(2);
  nowMs += hourMs;
  await say(3);
  expect(await meetings.entries({ meetingId, after: 0, limit: 10 })).toMatchObject({ unbroken: true });
  nowMs += 604_800_000 - 1;
  const { entries, unbroken } = await meetings.entries({ meetingId, after: 0, limit: 10 });
  expect([entries.map(({ seq }) => seq), unbroken]).toEqual([[1, 3], false]);
  await meetings.close();
});
