import { describe, expect, it } from 'vitest';
import { aConnection } from '../../harness/connections.ts';
import { alice, alice2, bob, chat, elsewhere, type Start, wholeLog, withMembers } from './start.ts';

const DAY_MS = 86_400_000;

/** Chats that come more than once. */
export function requestsContract(start: Start): void {
  describe('repeated requests', () => {
    it('[ML2] logs a retry once, whatever connection it comes on', async () => {
      const { meetings } = await withMembers(start, alice, alice2);
      const first = await meetings.appendChat(alice, chat(alice, { a: 1, b: [2] }), 'r-1');
      const again = await meetings.appendChat(alice2, chat(alice2, { b: [2], a: 1 }), 'r-1');
      if (first.outcome !== 'appended') throw new Error(first.outcome);
      expect(again).toEqual({ outcome: 'duplicate', entry: first.entry });
      expect(await wholeLog(meetings)).toHaveLength(1);
    });

    it('[ML2] tells a request of the same name with other data', async () => {
      const { meetings } = await withMembers(start, alice);
      await meetings.appendChat(alice, chat(alice, 'one'), 'r-1');
      expect(await meetings.appendChat(alice, chat(alice, 'two'), 'r-1')).toEqual({
        outcome: 'request-id-reused',
      });
      expect(await wholeLog(meetings)).toMatchObject([{ data: 'one' }]);
    });

    it('[ML2] logs one of many identical requests at once', async () => {
      const { meetings } = await withMembers(start, alice);
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => meetings.appendChat(alice, chat(alice, 'once'), 'r-1')),
      );
      expect(outcomes.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
      expect(outcomes.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(7);
      const entries = outcomes.map((outcome) => 'entry' in outcome && outcome.entry.text);
      expect(new Set(entries).size).toBe(1);
      expect(await wholeLog(meetings)).toHaveLength(1);
    });

    it('[ML2] takes the same name for another request of another user, in another meeting, or unnamed', async () => {
      const { meetings } = await withMembers(start, alice, bob);
      const away = aConnection({ connectionId: 'alice-9', meetingId: elsewhere.meetingId });
      for (const sender of [alice, bob, away]) {
        expect((await meetings.appendChat(sender, chat(sender, 'hello'), 'r-1')).outcome).toBe('appended');
      }
      for (let unnamed = 0; unnamed < 2; unnamed++) {
        expect((await meetings.appendChat(alice, chat(alice, 'hi'), undefined)).outcome).toBe('appended');
      }
      expect(await wholeLog(meetings)).toHaveLength(4);
    });

    it('[ML2] forgets a request after a day', async () => {
      const { meetings, advance } = await withMembers(start, alice);
      const send = async (data: string) =>
        (await meetings.appendChat(alice, chat(alice, data), 'r-1')).outcome;
      expect(await send('one')).toBe('appended');
      advance(DAY_MS - 1000);
      expect(await send('one')).toBe('duplicate');
      advance(3000);
      expect(await send('two')).toBe('appended');
      expect(await send('two')).toBe('duplicate');
    });

    it('[ML2] keeps users and requests apart, whatever characters they are made of', async () => {
      const longest = '😀'.repeat(128);
      const named = [
        ['a#b', 'c'],
        ['a', 'b#c'],
        ['a', 'b'],
        [longest, longest],
        [longest, `${'😀'.repeat(127)}😁`],
      ] as const;
      const { meetings } = await start();
      for (const [userId, requestId] of named) {
        const sender = aConnection({ userId });
        expect((await meetings.appendChat(sender, chat(sender, 'hi'), requestId)).outcome).toBe('appended');
      }
      for (const [userId, requestId] of named) {
        const sender = aConnection({ userId });
        expect((await meetings.appendChat(sender, chat(sender, 'hi'), requestId)).outcome).toBe('duplicate');
      }
    });
  });
}
