import { describe, expect, it } from 'vitest';
import type { MeetingId } from '../../../src/protocol/ids.ts';
import { aConnection } from '../../harness/connections.ts';
import {
  alice,
  alice2,
  audienceOf,
  bob,
  elsewhere,
  everyone,
  idsOf,
  mallory,
  roomy,
  type Start,
  userAudience,
  withMembers,
} from './start.ts';

/** Whom messages reach. */
export function recipientsContract(start: Start): void {
  describe('recipients', () => {
    it('[MT7] are everyone, one user with all connections, or one connection', async () => {
      const { meetings } = await withMembers(start, alice, bob, alice2);
      expect(await idsOf(meetings, everyone)).toEqual(['alice-1', 'alice-2', 'bob-1']);
      expect(await idsOf(meetings, userAudience('alice'))).toEqual(['alice-1', 'alice-2']);
      expect(await idsOf(meetings, audienceOf(bob))).toEqual(['bob-1']);
    });

    it('[MT7] are complete in a meeting of two hundred', async () => {
      const many = Array.from({ length: 200 }, (_, n) =>
        aConnection({ connectionId: `c${n}`, userId: `u${n}` }),
      );
      const { meetings } = await start();
      await Promise.all(
        many.map((member) => meetings.connect(member, { ...roomy, connectionsPerMeeting: 200 })),
      );
      expect(await idsOf(meetings, everyone)).toEqual(many.map(({ connectionId }) => connectionId).sort());
    });

    it('[MT8] are never members of another meeting', async () => {
      const { meetings } = await withMembers(start, alice, mallory);
      expect(await meetings.recipients(userAudience('mallory'))).toEqual([]);
      expect(await meetings.recipients(audienceOf(mallory))).toEqual([]);
      expect(await idsOf(meetings, everyone)).toEqual(['alice-1']);
      expect(await idsOf(meetings, elsewhere)).toEqual(['mallory-1']);
    });

    it('[MT8] are none of a meeting that nobody is in', async () => {
      const { meetings } = await withMembers(start, alice);
      expect(await meetings.recipients({ kind: 'meeting', meetingId: 'empty' as MeetingId })).toEqual([]);
    });

    it('[MT8] keeps ids apart that only look alike', async () => {
      const latin = aConnection({ connectionId: 'c1', userId: 'a' });
      const cyrillic = aConnection({ connectionId: 'c2', userId: '\u0430' });
      const composed = aConnection({ connectionId: 'c3', userId: '\u00e9' });
      const decomposed = aConnection({ connectionId: 'c4', userId: 'e\u0301' });
      const { meetings } = await withMembers(start, latin, cyrillic, composed, decomposed);
      expect(await idsOf(meetings, userAudience('a'))).toEqual(['c1']);
      expect(await idsOf(meetings, userAudience('\u00e9'))).toEqual(['c3']);
    });
  });
}
