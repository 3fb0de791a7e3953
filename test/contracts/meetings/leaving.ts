import { describe, expect, it } from 'vitest';
import type { ConnectionId } from '../../../src/protocol/ids.ts';
import {
  alice,
  alice2,
  audienceOf,
  bob,
  everyone,
  idsOf,
  roomy,
  type Start,
  userAudience,
  withMembers,
} from './start.ts';

/** How memberships end. */
export function leavingContract(start: Start): void {
  describe('leaving', () => {
    it('[MT5] forgets the connection', async () => {
      const { meetings } = await withMembers(start, alice, bob);
      await meetings.leave(alice, 'connection-lost');
      expect(await meetings.find(alice.connectionId)).toBeUndefined();
      expect(await idsOf(meetings, everyone)).toEqual(['bob-1']);
      expect(await idsOf(meetings, userAudience('alice'))).toEqual([]);
      expect(await idsOf(meetings, audienceOf(alice))).toEqual([]);
    });

    it('[MT5] finds no connection that never was', async () => {
      const { meetings } = await withMembers(start, alice);
      expect(await meetings.find('nobody' as ConnectionId)).toBeUndefined();
    });

    it("[MT6] tells a user's last connection from one of several", async () => {
      const { meetings } = await withMembers(start, alice, alice2);
      expect(await meetings.leave(alice, 'left')).toEqual({
        outcome: 'remaining',
        connection: alice,
      });
      expect(await meetings.leave(alice2, 'left')).toEqual({
        outcome: 'last',
        connection: alice2,
      });
    });

    it('[MT6] tells exactly one of many callers at once that it did the removal', async () => {
      const { meetings } = await withMembers(start, alice, bob);
      const leaves = await Promise.all(
        Array.from({ length: 10 }, () => meetings.leave(alice, 'connection-lost')),
      );
      expect(leaves.filter(({ outcome }) => outcome === 'last')).toHaveLength(1);
      expect(leaves.filter(({ outcome }) => outcome === 'already-gone')).toHaveLength(9);
    });

    it('[MT6] has nothing to remove of a connection that never was, or was evicted', async () => {
      const { meetings } = await withMembers(start, alice);
      await meetings.connect(alice2, { ...roomy, connectionsPerUser: 1 });
      for (const gone of [bob, alice]) {
        expect(await meetings.leave(gone, 'left')).toEqual({ outcome: 'already-gone' });
      }
      expect(await idsOf(meetings, everyone)).toEqual(['alice-2']);
    });
  });
}
