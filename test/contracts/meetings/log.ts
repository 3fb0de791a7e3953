import { describe, expect, it } from 'vitest';
import type { MeetingId } from '../../../src/protocol/ids.ts';
import {
  alice,
  bob,
  chat,
  HISTORY_TTL_SECONDS,
  meetingId,
  parsed,
  type Start,
  wholeLog,
  withMembers,
} from './start.ts';

const HOUR_MS = 3_600_000;
const TTL_MS = HISTORY_TTL_SECONDS * 1000;

/** What was said, and how it is read. */
export function logContract(start: Start): void {
  describe('the log', () => {
    /** Meetings with so many chats, one after the other, and the seq of each. */
    const withChats = async (...chats: readonly unknown[]) => {
      const started = await withMembers(start, alice);
      const seqs: number[] = [];
      for (const data of chats) seqs.push(await append(started, data));
      return { ...started, seqs };
    };
    const append = async ({ meetings }: Pick<Awaited<ReturnType<Start>>, 'meetings'>, data: unknown) => {
      const appended = await meetings.appendChat(alice, chat(alice, data), undefined);
      if (appended.outcome !== 'appended') throw new Error(appended.outcome);
      return appended.entry.seq;
    };
    const numbers = (entries: readonly { seq: number }[]) => entries.map(({ seq }) => seq);
    const last = (seqs: readonly number[]) => seqs.at(-1) ?? 0;

    it('[ML1] writes a chat as it is sent, with its seq', async () => {
      const { meetings } = await withMembers(start, alice);
      const frame = chat(alice, { text: 'Grüße 😀', list: [1, null] });
      const appended = await meetings.appendChat(alice, frame, 'r-1');
      if (appended.outcome !== 'appended') throw new Error(appended.outcome);
      expect(parsed(appended.entry)).toEqual({ ...frame, seq: appended.entry.seq });
      const { entries } = await meetings.entries({ meetingId, after: appended.entry.seq - 1, limit: 10 });
      expect(entries).toEqual([appended.entry]);
    });

    it('[ML1] gives each of many writers at once a line of its own', async () => {
      const { meetings } = await withMembers(start, alice, bob);
      const writers = Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? alice : bob));
      const outcomes = await Promise.all(
        writers.map((writer, n) => meetings.appendChat(writer, chat(writer, n), undefined)),
      );
      const written = outcomes.flatMap((outcome) => ('entry' in outcome ? [parsed(outcome.entry)] : []));
      expect(await wholeLog(meetings)).toEqual(written.sort((a, b) => a.seq - b.seq));
      expect(written.map(({ data }) => data).sort((a, b) => Number(a) - Number(b))).toEqual([
        ...writers.keys(),
      ]);
    });

    it('[ML1] writes the chat of a sender who has left meanwhile', async () => {
      const { meetings } = await withMembers(start, alice);
      await meetings.leave(alice, 'left');
      expect((await meetings.appendChat(alice, chat(alice, 'bye'), 'r-1')).outcome).toBe('appended');
      expect(await wholeLog(meetings)).toMatchObject([{ data: 'bye' }]);
    });

    it('[ML3] stands at the last line, in the same epoch', async () => {
      const { meetings } = await withMembers(start, alice);
      const { epoch, seq } = await meetings.head(meetingId);
      expect(seq).toBe(0);
      const written = await append({ meetings }, 'hello');
      expect(await meetings.head(meetingId)).toEqual({ epoch, seq: written });
      await meetings.leave(alice, 'left');
      expect(await meetings.head(meetingId)).toEqual({ epoch, seq: written });
      expect((await meetings.roster(meetingId)).epoch).toBe(epoch);
    });

    it('[ML3] has an epoch for each meeting', async () => {
      const { meetings } = await start();
      const [one, other] = [await meetings.head(meetingId), await meetings.head('other' as MeetingId)];
      expect(one.epoch).not.toBe(other.epoch);
    });

    it('[ML4] reads up from a line, as far as the limit or a given line', async () => {
      const { meetings, seqs } = await withChats('a', 'b', 'c', 'd', 'e');
      const through = last(seqs);
      const all = await meetings.entries({ meetingId, after: 0, limit: 300 });
      expect(numbers(all.entries)).toEqual(Array.from({ length: through }, (_, n) => n + 1));
      expect(all).toMatchObject({ more: false, unbroken: true });
      const some = await meetings.entries({ meetingId, after: through - 4, limit: 2 });
      expect(numbers(some.entries)).toEqual([through - 3, through - 2]);
      expect(some.more).toBe(true);
      const exact = await meetings.entries({ meetingId, after: through - 2, limit: 2 });
      expect(numbers(exact.entries)).toEqual([through - 1, through]);
      expect(exact.more).toBe(false);
      const part = await meetings.entries({ meetingId, after: 0, limit: 300, through: 2 });
      expect(numbers(part.entries)).toEqual([1, 2]);
      expect(part.more).toBe(false);
      const none = await meetings.entries({ meetingId, after: through, limit: 300 });
      expect(none).toEqual({ entries: [], more: false, unbroken: true });
    });

    it('[ML4] reads the last ones before a line', async () => {
      const { meetings, seqs } = await withChats('a', 'b', 'c', 'd', 'e');
      const end = last(seqs);
      const latest = await meetings.entries({ meetingId, before: end + 1, limit: 2 });
      expect(numbers(latest.entries)).toEqual([end - 1, end]);
      expect(latest.more).toBe(true);
      const first = await meetings.entries({ meetingId, before: 3, limit: 2 });
      expect(numbers(first.entries)).toEqual([1, 2]);
      expect(first.more).toBe(false);
      const beyond = await meetings.entries({ meetingId, before: end + 1000, limit: 300 });
      expect(numbers(beyond.entries)).toEqual(Array.from({ length: end }, (_, n) => n + 1));
      expect((await meetings.entries({ meetingId, before: 1, limit: 2 })).entries).toEqual([]);
    });

    it('[ML4] has nothing of a meeting that was never there', async () => {
      const { meetings } = await start();
      expect(await meetings.entries({ meetingId, after: 0, limit: 10 })).toEqual({
        entries: [],
        more: false,
        unbroken: true,
      });
      expect((await meetings.entries({ meetingId, before: 10, limit: 10 })).entries).toEqual([]);
    });

    it('[ML4] takes no more than 64 KB at once, in either direction, but one line always', async () => {
      const { meetings, seqs } = await withChats('ä'.repeat(20_000), 'x'.repeat(30_000), 'y'.repeat(65_000));
      const [first = 0, second = 0, third = 0] = seqs;
      const up = await meetings.entries({ meetingId, after: first - 1, limit: 300 });
      expect(up.entries.map(({ seq }) => seq).filter((seq) => seqs.includes(seq))).toEqual([first]);
      expect(up.more).toBe(true);
      const alone = await meetings.entries({ meetingId, after: third - 1, limit: 300 });
      expect(numbers(alone.entries)).toEqual([third]);
      const down = await meetings.entries({ meetingId, before: second + 1, limit: 300 });
      expect(down.entries.at(-1)?.seq).toBe(second);
      expect(numbers(down.entries)).not.toContain(first);
      expect(down.more).toBe(true);
      expect((await wholeLog(meetings)).map(({ seq }) => seq)).toEqual(seqs);
    });

    it('[ML4][LG7] has only what has not expired', async () => {
      const { meetings, advance, seqs } = await withChats('old', 'older');
      advance(TTL_MS + 1000);
      const fresh = await append({ meetings }, 'fresh');
      const { entries } = await meetings.entries({ meetingId, after: last(seqs), limit: 10 });
      expect(entries.at(-1)).toMatchObject({ seq: fresh });
      const all = await meetings.entries({ meetingId, after: 0, limit: 10 });
      expect(numbers(all.entries).filter((seq) => seqs.includes(seq))).toEqual([]);
      const latest = await meetings.entries({ meetingId, before: fresh + 1, limit: 10 });
      expect(numbers(latest.entries).filter((seq) => seqs.includes(seq))).toEqual([]);
      expect((await meetings.head(meetingId)).seq).toBe(fresh);
    });

    it('[ML5] is unbroken after any line, as long as nothing has expired', async () => {
      const { meetings, advance, seqs } = await withChats('a', 'b');
      advance(TTL_MS - 2 * HOUR_MS);
      await append({ meetings }, 'c');
      for (const after of [0, ...seqs]) {
        expect((await meetings.entries({ meetingId, after, limit: 1 })).unbroken).toBe(true);
      }
    });

    it('[ML5] is unbroken only from where nothing that follows has expired', async () => {
      const { meetings, advance, seqs } = await withChats('expired', 'expired as well');
      advance(TTL_MS + HOUR_MS);
      const [first = 0] = seqs;
      expect((await meetings.entries({ meetingId, after: last(seqs), limit: 10 })).unbroken).toBe(true);
      expect((await meetings.entries({ meetingId, after: first, limit: 10 })).unbroken).toBe(false);
      const fresh = await append({ meetings }, 'fresh');
      const unbrokenAfter = async (after: number) =>
        (await meetings.entries({ meetingId, after, limit: 10 })).unbroken;
      expect(await unbrokenAfter(0)).toBe(false);
      expect(await unbrokenAfter(first)).toBe(false);
      expect(await unbrokenAfter(fresh - 1)).toBe(true);
      expect(await unbrokenAfter(fresh)).toBe(true);
    });
  });
}
