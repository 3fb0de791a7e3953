import { describe, expect, it } from 'vitest';
import type { Roster } from '../../../src/meeting/ports.ts';
import { aConnection } from '../../harness/connections.ts';
import {
  alice,
  alice2,
  bob,
  comings,
  enter,
  everyone,
  idsOf,
  joining,
  meetingId,
  presentAfter,
  roomy,
  type Start,
  wholeLog,
  withMembers,
} from './start.ts';

/** Who is there, according to the roster and to the log. */
export function rosterContract(start: Start): void {
  describe('the roster', () => {
    const usersOf = ({ participants }: Roster) => participants.map(({ userId }) => userId as string);

    it('[ML6] has the people who joined, by userId, with all their connections', async () => {
      const { meetings } = await withMembers(start, aConnection({ connectionId: 'zoe-1', userId: 'zoe' }));
      await enter(meetings, bob, alice2, alice);
      const roster = await meetings.roster(meetingId);
      expect(usersOf(roster)).toEqual(['alice', 'bob']);
      expect(roster.participants[0]).toMatchObject({
        userName: 'Alice',
        role: 'participant',
        connections: [{ connectionId: 'alice-1' }, { connectionId: 'alice-2' }],
      });
      expect(await meetings.head(meetingId)).toEqual({ epoch: roster.epoch, seq: roster.seq });
    });

    it('[ML6] is empty where nobody has joined', async () => {
      const { meetings } = await withMembers(start, alice);
      const { epoch } = await meetings.head(meetingId);
      expect(await meetings.roster(meetingId)).toEqual({ epoch, seq: 0, participants: [], locked: false });
    });

    it('[ML6] sorts ids as they are, not as any language would', async () => {
      const { meetings } = await start();
      const ids = ['b', 'B', 'ä', 'a#1', 'a', '😀'];
      await enter(meetings, ...ids.map((userId, n) => aConnection({ connectionId: `c${n}`, userId })));
      expect(usersOf(await meetings.roster(meetingId))).toEqual([...ids].sort());
    });

    it('[ML6] equals the log up to its seq while people come and go', async () => {
      const { meetings } = await start();
      let coming = 6;
      const comeAndGo = async (n: number) => {
        for (let round = 0; round < 4; round++) {
          const connectionId = `c${n}-${round}`;
          const one = aConnection({ connectionId, userId: `u${n}`, client: 'v1' });
          await meetings.connect(one, roomy);
          await meetings.join(one, joining());
          if (round < 3 || n % 2 === 0) await meetings.leave(one, 'left');
        }
        coming--;
      };
      const rosters: Roster[] = [];
      const look = async () => {
        while (coming > 0) {
          rosters.push(await meetings.roster(meetingId));
          await new Promise(setImmediate);
        }
      };
      await Promise.all([...Array.from({ length: coming }, (_, n) => comeAndGo(n)), look(), look()]);
      rosters.push(await meetings.roster(meetingId));
      const log = await wholeLog(meetings);
      for (const roster of rosters) {
        expect(usersOf(roster)).toEqual(presentAfter(comings(log, roster.seq)));
      }
      expect(rosters.at(-1)?.participants.map(({ userId }) => userId)).toEqual(['u1', 'u3', 'u5']);
    });

    it('[ML6][MT7][MJ2] holds two thousand', async () => {
      const { meetings, populate } = await start();
      const people = Array.from({ length: 2000 }, (_, n) =>
        aConnection({ connectionId: `c${n}`, userId: `u${n}`, client: 'v1' }),
      );
      await populate(people);
      expect(usersOf(await meetings.roster(meetingId))).toEqual(people.map(({ userId }) => userId).sort());
      expect(await idsOf(meetings, everyone)).toHaveLength(2000);
      const limits = { ...roomy, connectionsPerMeeting: 2001 };
      const tabs = ['a', 'b'].map((userId) => aConnection({ connectionId: userId, userId, client: 'v1' }));
      for (const tab of tabs) await meetings.connect(tab, limits);
      const outcomes = [];
      for (const tab of tabs) outcomes.push((await meetings.join(tab, joining({ limits }))).outcome);
      expect(outcomes).toEqual(['first', 'meeting-full']);
    });
  });
}
