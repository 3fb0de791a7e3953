import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/meeting/ports.ts';
import { aConnection } from '../../harness/connections.ts';
import {
  alice,
  alice2,
  alice3,
  audienceOf,
  bob,
  everyone,
  idsOf,
  mallory,
  roomy,
  type Start,
  userAudience,
  withMembers,
} from './start.ts';

/** Who becomes a member, and who makes room. */
export function connectingContract(start: Start): void {
  describe('connecting', () => {
    it('[MT1] makes the connection a member that every read shows', async () => {
      const { meetings } = await start();
      expect(await meetings.connect(alice, roomy)).toEqual({ outcome: 'connected', evicted: [] });
      expect(await meetings.find(alice.connectionId)).toEqual(alice);
      for (const audience of [everyone, userAudience('alice'), audienceOf(alice)]) {
        expect(await meetings.recipients(audience)).toEqual([alice]);
      }
    });

    it("[MT2] evicts the user's oldest over the limit, and nobody else's", async () => {
      const { meetings } = await withMembers(start, alice, bob, alice2);
      const two = { ...roomy, connectionsPerUser: 2 };
      expect(await meetings.connect(alice3, two)).toEqual({ outcome: 'connected', evicted: [alice] });
      expect(await meetings.find(alice.connectionId)).toBeUndefined();
      expect(await idsOf(meetings, everyone)).toEqual(['alice-2', 'alice-3', 'bob-1']);
    });

    it('[MT2] evicts several, oldest first, when the limit was lowered', async () => {
      const { meetings } = await withMembers(start, alice, alice2);
      const one = { ...roomy, connectionsPerUser: 1 };
      expect(await meetings.connect(alice3, one)).toEqual({
        outcome: 'connected',
        evicted: [alice, alice2],
      });
      expect(await idsOf(meetings, everyone)).toEqual(['alice-3']);
    });

    it('[MT2] counts the connections of the same user elsewhere for themselves', async () => {
      const away = aConnection({ connectionId: 'alice-away', meetingId: 'elsewhere' });
      const { meetings } = await withMembers(start, away);
      const one = { ...roomy, connectionsPerUser: 1 };
      expect(await meetings.connect(alice, one)).toEqual({ outcome: 'connected', evicted: [] });
      expect(await meetings.find(away.connectionId)).toEqual(away);
    });

    it('[MT3] leaves a full meeting as it is', async () => {
      const { meetings } = await withMembers(start, alice, mallory);
      const single = { ...roomy, connectionsPerMeeting: 1 };
      expect(await meetings.connect(bob, single)).toEqual({ outcome: 'meeting-full' });
      expect(await meetings.find(bob.connectionId)).toBeUndefined();
      expect(await idsOf(meetings, everyone)).toEqual(['alice-1']);
    });

    it('[MT3] makes room when somebody leaves', async () => {
      const { meetings } = await withMembers(start, alice);
      await meetings.leave(alice, 'left');
      const single = { ...roomy, connectionsPerMeeting: 1 };
      expect(await meetings.connect(bob, single)).toEqual({ outcome: 'connected', evicted: [] });
    });

    it('[MT2][MT3] admits to a full meeting whoever replaces a connection of their own', async () => {
      const { meetings } = await withMembers(start, alice, bob);
      const full = { connectionsPerMeeting: 2, connectionsPerUser: 1 };
      expect(await meetings.connect(alice2, full)).toEqual({ outcome: 'connected', evicted: [alice] });
    });

    it('[MT4] takes a repeat for the same connection', async () => {
      const { meetings } = await withMembers(start, alice);
      const tight = { connectionsPerMeeting: 1, connectionsPerUser: 1 };
      expect(await meetings.connect(alice, tight)).toEqual({ outcome: 'connected', evicted: [] });
      expect(await idsOf(meetings, everyone)).toEqual(['alice-1']);
      expect((await meetings.leave(alice, 'left')).outcome).toBe('last');
      expect(await idsOf(meetings, everyone)).toEqual([]);
    });

    it('[MT1][MT5] knows a v1 client, which is no member yet', async () => {
      const { meetings } = await start();
      const tab = aConnection({ connectionId: 'tab-1', client: 'v1' });
      expect(await meetings.connect(tab, roomy)).toEqual({ outcome: 'connected', evicted: [] });
      expect(await meetings.find(tab.connectionId)).toEqual(tab);
      for (const audience of [everyone, userAudience('alice'), audienceOf(tab)]) {
        expect(await meetings.recipients(audience)).toEqual([]);
      }
    });

    it('[MT2][MT3] gives a v1 client no place that a member has, and no room that there is not', async () => {
      const { meetings } = await withMembers(start, alice);
      const tight = { connectionsPerMeeting: 1, connectionsPerUser: 1 };
      const tab = aConnection({ connectionId: 'tab-1', client: 'v1' });
      const newer = aConnection({
        connectionId: 'tab-2',
        client: 'v1',
        connectedAtMs: tab.connectedAtMs + 1,
      });
      expect(await meetings.connect(tab, tight)).toEqual({ outcome: 'connected', evicted: [] });
      expect(await meetings.connect(newer, tight)).toEqual({ outcome: 'connected', evicted: [tab] });
      expect(await idsOf(meetings, everyone)).toEqual(['alice-1']);
    });

    it('[MT9] lists who connected before a time, in every meeting', async () => {
      const early = { connectedAtMs: alice.connectedAtMs - 1 };
      const old = aConnection({ ...early, connectionId: 'old-1' });
      const oldAway = aConnection({
        ...early,
        connectionId: 'old-2',
        userId: 'olaf',
        meetingId: 'elsewhere',
      });
      const oldTab = aConnection({ ...early, connectionId: 'old-3', userId: 'tess', client: 'v1' });
      const { meetings } = await withMembers(start, alice, old, oldAway, oldTab, bob);
      const found: Connection[] = [];
      for await (const batch of meetings.connectedBefore(alice.connectedAtMs)) found.push(...batch);
      expect(found.map(({ connectionId }) => connectionId).sort()).toEqual(['old-1', 'old-2', 'old-3']);
      expect(found).toContainEqual(oldTab);
    });
  });
}
