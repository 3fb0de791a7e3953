import { expect, it } from 'vitest';
import { bob, chat, joining, meetingId, roomy } from '../../test/contracts/meetings/start.ts';
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
