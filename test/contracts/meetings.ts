import { describe, expect, it } from 'vitest';
import type { Audience, Connection, Meetings, MembershipLimits } from '../../src/meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../../src/protocol/ids.ts';
import { aConnection } from '../harness/connections.ts';

const roomy: MembershipLimits = { connectionsPerMeeting: 100, connectionsPerUser: 5 };

const alice = aConnection({ connectionId: 'alice-1' });
const alice2 = aConnection({ connectionId: 'alice-2', connectedAtMs: alice.connectedAtMs + 1 });
const alice3 = aConnection({ connectionId: 'alice-3', connectedAtMs: alice.connectedAtMs + 2 });
const bob = aConnection({ connectionId: 'bob-1', userId: 'bob', userName: 'Bob' });
const mallory = aConnection({ connectionId: 'mallory-1', userId: 'mallory', meetingId: 'elsewhere' });

const everyone = { kind: 'meeting', meetingId: alice.meetingId } as const;
const elsewhere = { kind: 'meeting', meetingId: mallory.meetingId } as const;
const user = (userId: string): Audience => ({ ...everyone, kind: 'user', userId: userId as UserId });
const connection = ({ connectionId }: Connection): Audience => ({
  ...everyone,
  kind: 'connection',
  connectionId,
});

/** Proves that an implementation keeps what the Meetings port promises. `create` makes an empty one. */
export function meetingsContract(name: string, create: () => Promise<Meetings>): void {
  describe(`Meetings contract: ${name}`, () => {
    const withMembers = async (...members: readonly Connection[]) => {
      const meetings = await create();
      for (const member of members) await meetings.connect(member, roomy);
      return meetings;
    };

    describe('connecting', () => {
      it('[MT1] makes the connection a member that every read shows', async () => {
        const meetings = await create();
        expect(await meetings.connect(alice, roomy)).toEqual({ outcome: 'connected', evicted: [] });
        expect(await meetings.find(alice.connectionId)).toEqual(alice);
        for (const audience of [everyone, user('alice'), connection(alice)]) {
          expect(await meetings.recipients(audience)).toEqual([alice]);
        }
      });

      it("[MT2] evicts the user's oldest over the limit, and nobody else's", async () => {
        const meetings = await withMembers(alice, bob, alice2);
        const two = { ...roomy, connectionsPerUser: 2 };
        expect(await meetings.connect(alice3, two)).toEqual({ outcome: 'connected', evicted: [alice] });
        expect(await meetings.find(alice.connectionId)).toBeUndefined();
        expect(await idsOf(meetings, everyone)).toEqual(['alice-2', 'alice-3', 'bob-1']);
      });

      it('[MT2] evicts several, oldest first, when the limit was lowered', async () => {
        const meetings = await withMembers(alice, alice2);
        const one = { ...roomy, connectionsPerUser: 1 };
        expect(await meetings.connect(alice3, one)).toEqual({
          outcome: 'connected',
          evicted: [alice, alice2],
        });
        expect(await idsOf(meetings, everyone)).toEqual(['alice-3']);
      });

      it('[MT2] counts the connections of the same user elsewhere for themselves', async () => {
        const away = aConnection({ connectionId: 'alice-away', meetingId: 'elsewhere' });
        const meetings = await withMembers(away);
        const one = { ...roomy, connectionsPerUser: 1 };
        expect(await meetings.connect(alice, one)).toEqual({ outcome: 'connected', evicted: [] });
        expect(await meetings.find(away.connectionId)).toEqual(away);
      });

      it('[MT3] leaves a full meeting as it is', async () => {
        const meetings = await withMembers(alice, mallory);
        const single = { ...roomy, connectionsPerMeeting: 1 };
        expect(await meetings.connect(bob, single)).toEqual({ outcome: 'meeting-full' });
        expect(await meetings.find(bob.connectionId)).toBeUndefined();
        expect(await idsOf(meetings, everyone)).toEqual(['alice-1']);
      });

      it('[MT3] makes room when somebody leaves', async () => {
        const meetings = await withMembers(alice);
        await meetings.leave(alice, 'left');
        const single = { ...roomy, connectionsPerMeeting: 1 };
        expect(await meetings.connect(bob, single)).toEqual({ outcome: 'connected', evicted: [] });
      });

      it('[MT2][MT3] admits to a full meeting whoever replaces a connection of their own', async () => {
        const meetings = await withMembers(alice, bob);
        const full = { connectionsPerMeeting: 2, connectionsPerUser: 1 };
        expect(await meetings.connect(alice2, full)).toEqual({ outcome: 'connected', evicted: [alice] });
      });

      it('[MT4] takes a repeat for the same connection', async () => {
        const meetings = await withMembers(alice);
        const tight = { connectionsPerMeeting: 1, connectionsPerUser: 1 };
        expect(await meetings.connect(alice, tight)).toEqual({ outcome: 'connected', evicted: [] });
        expect(await idsOf(meetings, everyone)).toEqual(['alice-1']);
        expect((await meetings.leave(alice, 'left')).outcome).toBe('last');
        expect(await idsOf(meetings, everyone)).toEqual([]);
      });
    });

    describe('leaving', () => {
      it('[MT5] forgets the connection', async () => {
        const meetings = await withMembers(alice, bob);
        await meetings.leave(alice, 'connection-lost');
        expect(await meetings.find(alice.connectionId)).toBeUndefined();
        expect(await idsOf(meetings, everyone)).toEqual(['bob-1']);
        expect(await idsOf(meetings, user('alice'))).toEqual([]);
        expect(await idsOf(meetings, connection(alice))).toEqual([]);
      });

      it('[MT5] finds no connection that never was', async () => {
        const meetings = await withMembers(alice);
        expect(await meetings.find('nobody' as ConnectionId)).toBeUndefined();
      });

      it("[MT6] tells a user's last connection from one of several", async () => {
        const meetings = await withMembers(alice, alice2);
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
        const meetings = await withMembers(alice, bob);
        const leaves = await Promise.all(
          Array.from({ length: 10 }, () => meetings.leave(alice, 'connection-lost')),
        );
        expect(leaves.filter(({ outcome }) => outcome === 'last')).toHaveLength(1);
        expect(leaves.filter(({ outcome }) => outcome === 'already-gone')).toHaveLength(9);
      });

      it('[MT6] has nothing to remove of a connection that never was, or was evicted', async () => {
        const meetings = await withMembers(alice);
        await meetings.connect(alice2, { ...roomy, connectionsPerUser: 1 });
        for (const gone of [aConnection({ connectionId: 'nobody' }), alice]) {
          expect(await meetings.leave(gone, 'left')).toEqual({ outcome: 'already-gone' });
        }
        expect(await idsOf(meetings, everyone)).toEqual(['alice-2']);
      });
    });

    describe('recipients', () => {
      it('[MT7] are everyone, one user with all connections, or one connection', async () => {
        const meetings = await withMembers(alice, bob, alice2);
        expect(await idsOf(meetings, everyone)).toEqual(['alice-1', 'alice-2', 'bob-1']);
        expect(await idsOf(meetings, user('alice'))).toEqual(['alice-1', 'alice-2']);
        expect(await idsOf(meetings, connection(bob))).toEqual(['bob-1']);
      });

      it('[MT7] are complete in a meeting of two hundred', async () => {
        const many = Array.from({ length: 200 }, (_, n) =>
          aConnection({ connectionId: `c${n}`, userId: `u${n}` }),
        );
        const meetings = await create();
        await Promise.all(
          many.map((member) => meetings.connect(member, { ...roomy, connectionsPerMeeting: 200 })),
        );
        expect(await idsOf(meetings, everyone)).toEqual(many.map(({ connectionId }) => connectionId).sort());
      });

      it('[MT8] are never members of another meeting', async () => {
        const meetings = await withMembers(alice, mallory);
        expect(await meetings.recipients(user('mallory'))).toEqual([]);
        expect(await meetings.recipients(connection(mallory))).toEqual([]);
        expect(await idsOf(meetings, everyone)).toEqual(['alice-1']);
        expect(await idsOf(meetings, elsewhere)).toEqual(['mallory-1']);
      });

      it('[MT8] are none of a meeting that nobody is in', async () => {
        const meetings = await withMembers(alice);
        expect(await meetings.recipients({ kind: 'meeting', meetingId: 'empty' as MeetingId })).toEqual([]);
      });

      it('[MT8] keeps ids apart that only look alike', async () => {
        const latin = aConnection({ connectionId: 'c1', userId: 'a' });
        const cyrillic = aConnection({ connectionId: 'c2', userId: '\u0430' });
        const composed = aConnection({ connectionId: 'c3', userId: '\u00e9' });
        const decomposed = aConnection({ connectionId: 'c4', userId: 'e\u0301' });
        const meetings = await withMembers(latin, cyrillic, composed, decomposed);
        expect(await idsOf(meetings, user('a'))).toEqual(['c1']);
        expect(await idsOf(meetings, user('\u00e9'))).toEqual(['c3']);
      });
    });
  });
}

async function idsOf(meetings: Meetings, audience: Audience): Promise<readonly string[]> {
  return (await meetings.recipients(audience)).map(({ connectionId }) => connectionId as string).sort();
}
