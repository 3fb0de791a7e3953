import { describe, expect, it } from 'vitest';
import type { JoinOutcome, LeaveOutcome } from '../../../src/meeting/ports.ts';
import { aConnection } from '../../harness/connections.ts';
import {
  alice,
  alice2,
  alice3,
  audienceOf,
  bob,
  comings,
  elsewhere,
  enter,
  everyone,
  idsOf,
  joining,
  mallory,
  meetingId,
  parsed,
  presentAfter,
  roomy,
  type Start,
  told,
  userAudience,
  wholeLog,
  withMembers,
} from './start.ts';

const tab = aConnection({ connectionId: 'tab-1', client: 'v1' });
const tab2 = aConnection({
  connectionId: 'tab-2',
  client: 'v1',
  connectedAtMs: tab.connectedAtMs + 1,
});
const camera = { camera: true, level: 0.1, nested: { list: [1, null, 'ä'] } };

/** How participants come, change and go. */
export function joiningContract(start: Start): void {
  describe('joining', () => {
    it('[MJ1] announces the first of a user by a line of the log', async () => {
      const { meetings } = await withMembers(start, tab);
      const joined = await meetings.join(tab, joining({ session: 's-1', attributes: camera }));
      expect(joined).toMatchObject({ outcome: 'first', connection: { session: 's-1' }, evicted: [] });
      if (joined.outcome !== 'first') throw new Error('unreachable');
      const frame = told(joined.announcement);
      const joinedAt = new Date(joined.connection.joinedAtMs ?? 0).toISOString();
      expect(frame).toMatchObject({
        type: 'event',
        origin: 'server',
        from: { connectionId: 'tab-1', userId: 'alice' },
        data: {
          eventType: 'user-joined',
          userId: 'alice',
          userName: 'Alice',
          participant: {
            connections: [{ connectionId: 'tab-1', session: 's-1', joinedAt, attributes: camera }],
          },
        },
      });
      expect(await wholeLog(meetings)).toEqual([frame]);
      expect(frame.seq).toBe(joined.announcement?.seq);
    });

    it('[MJ1] names the session in what is told of its first join', async () => {
      const { meetings } = await withMembers(start, tab);
      const joined = await meetings.join(tab, joining({ session: 's-1' }));
      if (joined.outcome !== 'first') throw new Error(joined.outcome);
      expect(told(joined.announcement).from).toHaveProperty('session', 's-1');
    });

    it('[MJ1] makes a v1 client a member that every read shows', async () => {
      const { meetings } = await withMembers(start, tab);
      await meetings.join(tab, joining({ session: 's-1' }));
      const found = await meetings.find(tab.connectionId);
      expect(found).toMatchObject({ ...tab, session: 's-1' });
      expect(found?.joinedAtMs).toBeGreaterThan(tab.connectedAtMs);
      for (const audience of [everyone, userAudience('alice'), audienceOf(tab)]) {
        expect(await meetings.recipients(audience)).toEqual([found]);
      }
    });

    it('[MJ1] tells of one more connection live, and logs nothing', async () => {
      const { meetings } = await withMembers(start, tab, tab2);
      await meetings.join(tab, joining());
      const joined = await meetings.join(tab2, joining({ attributes: camera }));
      if (joined.outcome !== 'additional') throw new Error(joined.outcome);
      expect(joined.announcement?.seq).toBeUndefined();
      expect(told(joined.announcement)).toMatchObject({
        from: { connectionId: 'tab-2' },
        data: {
          eventType: 'user-updated',
          participant: { connections: [{ connectionId: 'tab-1' }, { connectionId: 'tab-2' }] },
        },
      });
      expect(comings(await wholeLog(meetings))).toEqual(['alice+']);
    });

    it('[MJ1] lets rev grow with every change, also over leaving and coming back', async () => {
      const { meetings, advance } = await withMembers(start, alice);
      const revs: number[] = [];
      const note = (participant: { rev: number } | undefined) => revs.push(participant?.rev ?? 0);
      const look = async () => note((await meetings.roster(meetingId)).participants[0]);
      await meetings.join(alice, joining());
      await look();
      await meetings.update(alice, camera);
      await look();
      await meetings.leave(alice, 'left');
      advance(5);
      await enter(meetings, alice2);
      await look();
      expect(revs).toEqual([...new Set(revs)].sort((a, b) => a - b));
      expect(revs).toHaveLength(3);
    });

    it('[MJ2] evicts the oldest of the user over the limit, but counts none that is replaced', async () => {
      const { meetings } = await withMembers(start, tab, tab2);
      const limits = { ...roomy, connectionsPerUser: 1 };
      await meetings.join(tab, joining({ limits }));
      const renewed = await meetings.join(tab2, joining({ limits, replaces: 'tab-1' }));
      expect(renewed).toMatchObject({ outcome: 'additional', evicted: [] });
      const tab3 = { ...tab2, connectionId: alice3.connectionId, connectedAtMs: tab2.connectedAtMs + 1 };
      await meetings.connect(tab3, roomy);
      const joined = await meetings.join(tab3, joining({ limits }));
      if (joined.outcome !== 'additional') throw new Error(joined.outcome);
      expect(joined.evicted.map(({ connectionId }) => connectionId)).toEqual(['tab-1', 'tab-2']);
      expect(await meetings.find(tab.connectionId)).toBeUndefined();
      expect(await idsOf(meetings, everyone)).toEqual(['alice-3']);
      expect(comings(await wholeLog(meetings))).toEqual(['alice+']);
    });

    it('[MJ2] admits nobody to a full meeting but who replaces a member of their own', async () => {
      const { meetings } = await withMembers(start, bob, tab, tab2);
      const limits = { ...roomy, connectionsPerMeeting: 2 };
      await meetings.join(tab, joining({ limits }));
      expect(await meetings.join(tab2, joining({ limits }))).toEqual({ outcome: 'meeting-full' });
      expect(await meetings.find(tab2.connectionId)).toEqual(tab2);
      expect(await meetings.join(tab2, joining({ limits, replaces: 'bob-1' }))).toEqual({
        outcome: 'meeting-full',
      });
      const renewed = await meetings.join(tab2, joining({ limits, replaces: 'tab-1' }));
      expect(renewed.outcome).toBe('additional');
    });

    it('[MJ2] lets everybody in a full meeting renew at the same time', async () => {
      const { meetings } = await withMembers(start);
      const limits = { ...roomy, connectionsPerMeeting: 3 };
      const users = ['u1', 'u2', 'u3'].map((userId) => ({ userId, client: 'v1' as const }));
      for (const user of users) {
        const old = aConnection({ ...user, connectionId: `${user.userId}-old` });
        await meetings.connect(old, limits);
        await meetings.join(old, joining({ limits }));
      }
      for (const user of users) {
        const renewal = aConnection({ ...user, connectionId: `${user.userId}-new` });
        await meetings.connect(renewal, limits);
        const joined = await meetings.join(renewal, joining({ limits, replaces: `${user.userId}-old` }));
        expect(joined.outcome).toBe('additional');
      }
    });

    it('[MJ2] lets a plain client join a full meeting, where it is already', async () => {
      const { meetings } = await withMembers(start, alice, bob);
      const limits = { ...roomy, connectionsPerMeeting: 2 };
      expect((await meetings.join(alice, joining({ limits }))).outcome).toBe('first');
    });

    it('[MJ3] takes a repeat for what it is, and keeps what it does not name', async () => {
      const { meetings } = await withMembers(start, tab);
      await meetings.join(tab, joining({ session: 's-1', attributes: camera }));
      const before = await meetings.roster(meetingId);
      const again = await meetings.join(tab, joining());
      if (again.outcome !== 'already-joined') throw new Error(again.outcome);
      expect(again.connection).toEqual(await meetings.find(tab.connectionId));
      expect(again.connection.session).toBe('s-1');
      expect(again.announcement).toBeUndefined();
      expect((await meetings.roster(meetingId)).participants[0]?.connections).toEqual(
        before.participants[0]?.connections,
      );
      expect(comings(await wholeLog(meetings))).toEqual(['alice+']);
    });

    it('[MJ3] takes from a repeat what it names', async () => {
      const { meetings } = await withMembers(start, tab);
      await meetings.join(tab, joining({ session: 's-1', attributes: camera }));
      const again = await meetings.join(tab, joining({ session: 's-2', attributes: {} }));
      if (again.outcome !== 'already-joined') throw new Error(again.outcome);
      expect(told(again.announcement).data).toMatchObject({ eventType: 'user-updated' });
      expect((await meetings.find(tab.connectionId))?.session).toBe('s-2');
      const [participant] = (await meetings.roster(meetingId)).participants;
      expect(participant?.connections).toMatchObject([{ session: 's-2', attributes: {} }]);
    });

    it('[MJ4] joins nobody who was removed or never connected', async () => {
      const { meetings } = await withMembers(start, tab, bob);
      await meetings.leave(tab, 'connection-lost');
      const before = await meetings.head(meetingId);
      for (const gone of [tab, tab2]) {
        expect(await meetings.join(gone, joining())).toEqual({ outcome: 'not-connected' });
        expect(await meetings.find(gone.connectionId)).toBeUndefined();
      }
      expect(await meetings.head(meetingId)).toEqual(before);
      expect(await idsOf(meetings, everyone)).toEqual(['bob-1']);
    });

    it('[MJ5] announces attributes that differ, and only those', async () => {
      const { meetings } = await withMembers(start, tab);
      await meetings.join(tab, joining());
      const updated = await meetings.update(tab, camera);
      if (updated.outcome !== 'updated') throw new Error(updated.outcome);
      expect(updated.announcement?.seq).toBeUndefined();
      expect(told(updated.announcement).data).toMatchObject({
        eventType: 'user-updated',
        participant: { connections: [{ connectionId: 'tab-1', attributes: camera }] },
      });
      const same = await meetings.update(tab, camera);
      expect(same).toEqual({ outcome: 'updated' });
      const [participant] = (await meetings.roster(meetingId)).participants;
      expect(participant?.connections[0]?.attributes).toEqual(camera);
    });

    it('[MJ5] updates nobody who has not joined', async () => {
      const { meetings } = await withMembers(start, tab, alice);
      for (const connection of [tab, alice, bob]) {
        expect(await meetings.update(connection, camera)).toEqual({ outcome: 'not-joined' });
      }
    });

    it('[MJ6] logs the leaving of the last joined connection, with its reason', async () => {
      const { meetings } = await start();
      await enter(meetings, tab, tab2);
      const first = await meetings.leave(tab, 'left');
      if (first.outcome !== 'remaining') throw new Error(first.outcome);
      expect(told(first.announcement).data).toMatchObject({
        eventType: 'user-updated',
        participant: { connections: [{ connectionId: 'tab-2' }] },
      });
      const last = await meetings.leave(tab2, 'expired');
      if (last.outcome !== 'last') throw new Error(last.outcome);
      const frame = told(last.announcement);
      expect(frame.data).toEqual({
        eventType: 'user-left',
        userId: 'alice',
        userName: 'Alice',
        reason: 'expired',
      });
      const log = await wholeLog(meetings);
      expect(comings(log)).toEqual(['alice+', 'alice-']);
      expect(log.at(-1)).toEqual(frame);
    });

    it('[MJ6] has a person leave who keeps a connection that never joined', async () => {
      const { meetings } = await withMembers(start, alice, alice2);
      await meetings.join(alice, joining());
      const left = await meetings.leave(alice, 'left');
      if (left.outcome !== 'remaining') throw new Error(left.outcome);
      expect(told(left.announcement).data).toMatchObject({ eventType: 'user-left' });
      expect(await idsOf(meetings, everyone)).toEqual(['alice-2']);
    });

    it('[MJ6] announces nobody who never joined', async () => {
      const { meetings } = await withMembers(start, alice, tab);
      for (const connection of [alice, tab]) {
        expect(await meetings.leave(connection, 'left')).not.toHaveProperty('announcement.text');
      }
      expect(await wholeLog(meetings)).toEqual([]);
    });

    it('[MJ6] announces whom a newer connection of their own replaced', async () => {
      const { meetings } = await start();
      await enter(meetings, alice);
      const connected = await meetings.connect(alice2, { ...roomy, connectionsPerUser: 1 });
      if (connected.outcome !== 'connected') throw new Error(connected.outcome);
      expect(told(connected.announcement)).toMatchObject({
        from: { connectionId: 'alice-1' },
        data: { eventType: 'user-left', reason: 'replaced' },
      });
      expect(comings(await wholeLog(meetings))).toEqual(['alice+', 'alice-']);
    });

    it('[MJ1][MJ6] keeps each meeting to itself', async () => {
      const { meetings } = await start();
      await enter(meetings, alice, mallory);
      await meetings.leave(mallory, 'left');
      expect(comings(await wholeLog(meetings))).toEqual(['alice+']);
      expect(comings(await wholeLog(meetings, elsewhere.meetingId))).toEqual(['mallory+', 'mallory-']);
    });

    it('[MJ1][MJ6] alternates joins and leaves of a user whose ten tabs come and go at once', async () => {
      const { meetings } = await start();
      const limits = { ...roomy, connectionsPerUser: 10 };
      const tabs = Array.from({ length: 10 }, (_, n) =>
        aConnection({ connectionId: `tab-${n}`, client: 'v1', connectedAtMs: tab.connectedAtMs + n }),
      );
      await Promise.all(tabs.map((one) => meetings.connect(one, limits)));
      const joins = await Promise.all(tabs.map((one) => meetings.join(one, joining({ limits }))));
      expect(joins.filter(({ outcome }) => outcome === 'first')).toHaveLength(1);
      expect(joins.filter(({ outcome }) => outcome === 'additional')).toHaveLength(9);
      const leaves = await Promise.all(tabs.map((one) => meetings.leave(one, 'left')));
      expect(leaves.filter(({ outcome }) => outcome === 'last')).toHaveLength(1);
      expect(comings(await wholeLog(meetings))).toEqual(['alice+', 'alice-']);
    });

    it('[MJ1][MJ6] logs each coming and going once when they happen at the same time', async () => {
      const { meetings } = await start();
      const tabs = Array.from({ length: 4 }, (_, n) =>
        aConnection({ connectionId: `tab-${n}`, client: 'v1', connectedAtMs: tab.connectedAtMs + n }),
      );
      const announced: string[] = [];
      const note = (outcome: JoinOutcome | LeaveOutcome) => {
        if ('announcement' in outcome && outcome.announcement?.seq) announced.push(outcome.announcement.text);
      };
      const comeAndGo = async (one: typeof tab) => {
        for (let round = 0; round < 3; round++) {
          await meetings.connect(one, roomy);
          note(await meetings.join(one, joining()));
          note(await meetings.leave(one, 'left'));
        }
      };
      await Promise.all(tabs.map(comeAndGo));
      const log = await wholeLog(meetings);
      expect(presentAfter(comings(log))).toEqual([]);
      const bySeq = announced.map((text) => parsed({ text })).sort((a, b) => a.seq - b.seq);
      expect(bySeq).toEqual(log);
    });
  });
}
