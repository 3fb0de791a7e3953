import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/meeting/ports.ts';
import type { Role } from '../../../src/protocol/participants.ts';
import { aConnection } from '../../harness/connections.ts';
import {
  alice,
  alice2,
  bob,
  comings,
  elsewhere,
  enter,
  everyone,
  idsOf,
  joining,
  mallory,
  meetingId,
  roomy,
  type Start,
  told,
  wholeLog,
  withMembers,
} from './start.ts';

const BAN_SECONDS = 600;
const carol = aConnection({ connectionId: 'carol-1', userId: 'carol', userName: 'Carol' });
const tab = (userId: string, n = 1): Connection =>
  aConnection({
    connectionId: `${userId}-tab-${n}`,
    userId,
    userName: userId,
    client: 'v1',
    connectedAtMs: alice.connectedAtMs + n,
  });
const withToken = (connection: Connection, role: Role): Connection => ({ ...connection, role });

type Meetings = Awaited<ReturnType<Start>>['meetings'];

async function roles(meetings: Meetings): Promise<Readonly<Record<string, string>>> {
  const { participants } = await meetings.roster(meetingId);
  return Object.fromEntries(participants.map(({ userId, role }) => [userId, role]));
}

/** Who may do what, who is put out, and who is kept out. */
export function hostingContract(start: Start): void {
  describe('roles', () => {
    it('[MH1] makes the first to join the host, until everybody who joined is gone', async () => {
      const { meetings } = await withMembers(start, carol);
      await enter(meetings, alice, bob);
      expect(await roles(meetings)).toEqual({ alice: 'host', bob: 'participant' });
      expect(await meetings.find(alice.connectionId)).toMatchObject({ role: 'host' });
      await meetings.leave(alice, 'left');
      expect(await roles(meetings)).toEqual({ bob: 'participant' });
      await enter(meetings, alice2);
      expect(await roles(meetings)).toEqual({ alice: 'host', bob: 'participant' });
      await meetings.leave(alice2, 'left');
      await meetings.leave(bob, 'left');
      await enter(meetings, bob);
      await enter(meetings, alice);
      expect(await roles(meetings)).toEqual({ alice: 'participant', bob: 'host' });
    });

    it('[MH1] makes a host of one of ten who join at once', async () => {
      const { meetings } = await start();
      const users = Array.from({ length: 10 }, (_, n) => tab(`user-${n}`));
      await Promise.all(users.map((user) => meetings.connect(user, roomy)));
      await Promise.all(users.map((user) => meetings.join(user, joining())));
      expect(Object.values(await roles(meetings)).filter((role) => role === 'host')).toHaveLength(1);
    });

    it('[MH1] keeps a role that a connection brings, and makes no host beside', async () => {
      const { meetings } = await start();
      await enter(meetings, withToken(alice, 'observer'), withToken(bob, 'participant'));
      expect(await roles(meetings)).toEqual({ alice: 'observer', bob: 'participant' });
      expect(await meetings.find(bob.connectionId)).toMatchObject({ role: 'participant' });
      await enter(meetings, withToken(carol, 'host'));
      expect(await roles(meetings)).toMatchObject({ carol: 'host' });
    });

    it("[MH1] holds the newest token's word for all connections of the user", async () => {
      const { meetings } = await start();
      await enter(meetings, withToken(tab('alice', 1), 'participant'));
      await enter(meetings, withToken(tab('alice', 2), 'host'));
      expect(await roles(meetings)).toEqual({ alice: 'host' });
      for (const n of [1, 2]) {
        expect(await meetings.find(tab('alice', n).connectionId)).toMatchObject({ role: 'host' });
      }
      await enter(meetings, withToken(tab('alice', 3), 'observer'));
      for (const n of [1, 2, 3]) {
        expect(await meetings.find(tab('alice', n).connectionId)).toMatchObject({ role: 'observer' });
      }
    });
  });

  describe('removing', () => {
    it('[MH2] takes all connections of a user in one step, and logs it', async () => {
      const { meetings } = await start();
      await enter(meetings, bob, alice, alice2);
      await meetings.connect(tab('alice', 9), roomy);
      const result = await meetings.remove(alice, BAN_SECONDS);
      if (result.outcome !== 'removed') throw new Error(result.outcome);
      expect(result.removed.map(({ connectionId }) => connectionId)).toEqual([
        'alice-1',
        'alice-2',
        'alice-tab-9',
      ]);
      expect(told(result.announcement).data).toMatchObject({
        eventType: 'user-left',
        userId: 'alice',
        reason: 'kicked',
      });
      expect(await idsOf(meetings, everyone)).toEqual(['bob-1']);
      for (const gone of result.removed) {
        expect(await meetings.find(gone.connectionId)).toBeUndefined();
        expect(await meetings.leave(gone, 'left')).toEqual({ outcome: 'already-gone' });
      }
      expect(comings(await wholeLog(meetings))).toEqual(['bob+', 'alice+', 'alice-']);
    });

    it('[MH2] does it once for many at once', async () => {
      const { meetings } = await start();
      await enter(meetings, bob, alice);
      const results = await Promise.all(Array.from({ length: 8 }, () => meetings.remove(alice, BAN_SECONDS)));
      expect(results.filter(({ outcome }) => outcome === 'removed')).toHaveLength(1);
      expect(comings(await wholeLog(meetings))).toEqual(['bob+', 'alice+', 'alice-']);
    });

    it('[MH2] finds nobody who is no member here', async () => {
      const { meetings } = await withMembers(start, tab('dave'), mallory);
      for (const user of [tab('dave'), bob, { meetingId, userId: mallory.userId }]) {
        expect(await meetings.remove(user, BAN_SECONDS)).toEqual({ outcome: 'not-there' });
      }
      expect(await meetings.find(tab('dave').connectionId)).toBeDefined();
      expect(await idsOf(meetings, elsewhere)).toEqual(['mallory-1']);
      expect((await meetings.join(tab('dave'), joining())).outcome).toBe('first');
    });

    it('[MH2] announces nobody who never joined', async () => {
      const { meetings } = await withMembers(start, alice);
      const result = await meetings.remove(alice, BAN_SECONDS);
      expect(result).toEqual({ outcome: 'removed', removed: [alice] });
      expect(await meetings.connect(alice2, roomy)).toEqual({ outcome: 'banned' });
    });

    it('[MH2] keeps the user out until the time is over, whatever others do meanwhile', async () => {
      const { meetings, advance } = await start();
      await enter(meetings, bob, alice);
      await meetings.remove(alice, BAN_SECONDS);
      expect(await meetings.connect(alice2, roomy)).toEqual({ outcome: 'banned' });
      expect((await meetings.connect(tab('alice'), roomy)).outcome).toBe('connected');
      expect(await meetings.join(tab('alice'), joining())).toEqual({ outcome: 'banned' });
      await meetings.leave(tab('alice'), 'left');
      await meetings.leave(bob, 'left');
      advance(BAN_SECONDS * 1000 - 1);
      expect(await meetings.connect(alice2, roomy)).toEqual({ outcome: 'banned' });
      advance(1);
      expect((await meetings.connect(alice2, roomy)).outcome).toBe('connected');
      expect((await meetings.join(alice2, joining())).outcome).toBe('first');
    });

    it('[MH2] bans from one meeting only', async () => {
      const { meetings } = await start();
      await enter(meetings, bob, alice);
      await meetings.remove(alice, BAN_SECONDS);
      const other = aConnection({ connectionId: 'alice-other', meetingId: mallory.meetingId });
      expect((await meetings.connect(other, roomy)).outcome).toBe('connected');
    });

    it('[MH2] leaves nobody behind who comes while they are removed', async () => {
      const { meetings } = await start();
      await enter(meetings, bob, alice);
      const tabs = Array.from({ length: 4 }, (_, n) => tab('alice', n + 1));
      await Promise.all([
        meetings.remove(alice, BAN_SECONDS),
        ...tabs.map(async (one) => {
          await meetings.connect(one, roomy);
          await meetings.join(one, joining());
        }),
        meetings.connect(alice2, roomy),
      ]);
      expect(await idsOf(meetings, everyone)).toEqual(['bob-1']);
      expect(await roles(meetings)).toEqual({ bob: 'host' });
    });
  });

  describe('a lock', () => {
    it('[MH3] keeps out whoever is not there', async () => {
      const { meetings } = await start();
      await enter(meetings, alice, bob);
      const locked = await meetings.setLock(alice, 'locked');
      if (locked.outcome !== 'changed') throw new Error(locked.outcome);
      expect(locked.announcement.seq).toBeUndefined();
      expect(told(locked.announcement)).toMatchObject({
        type: 'event',
        origin: 'server',
        from: { connectionId: 'alice-1', userId: 'alice' },
        data: { eventType: 'meeting-locked', userId: 'alice' },
      });
      expect(await meetings.setLock(alice, 'locked')).toEqual({ outcome: 'unchanged' });
      expect(await meetings.connect(carol, roomy)).toEqual({ outcome: 'meeting-locked' });
      expect((await meetings.connect(tab('carol'), roomy)).outcome).toBe('connected');
      expect(await meetings.join(tab('carol'), joining())).toEqual({ outcome: 'meeting-locked' });
      expect(await idsOf(meetings, everyone)).toEqual(['alice-1', 'bob-1']);
      expect(await meetings.roster(meetingId)).toMatchObject({ locked: true });

      const unlocked = await meetings.setLock(alice, 'unlocked');
      if (unlocked.outcome !== 'changed') throw new Error(unlocked.outcome);
      expect(told(unlocked.announcement).data).toMatchObject({ eventType: 'meeting-unlocked' });
      expect(await meetings.setLock(alice, 'unlocked')).toEqual({ outcome: 'unchanged' });
      expect((await meetings.join(tab('carol'), joining())).outcome).toBe('first');
      expect(await meetings.roster(meetingId)).toMatchObject({ locked: false });
    });

    it('[MH3] lets in hosts, who is there, and who was there', async () => {
      const { meetings } = await start();
      await enter(meetings, alice, bob);
      await meetings.setLock(alice, 'locked');
      expect((await meetings.connect(alice2, roomy)).outcome).toBe('connected');
      await meetings.leave(bob, 'connection-lost');
      await enter(meetings, bob);
      expect(await roles(meetings)).toEqual({ alice: 'host', bob: 'participant' });
      const second = withToken(tab('dave'), 'host');
      await enter(meetings, second, withToken(tab('erin'), 'participant'));
      expect(await roles(meetings)).toEqual({ alice: 'host', bob: 'participant', dave: 'host' });
    });

    it('[MH3] is of one meeting only', async () => {
      const { meetings } = await start();
      await enter(meetings, alice);
      await meetings.setLock(alice, 'locked');
      expect((await meetings.connect(mallory, roomy)).outcome).toBe('connected');
      expect(await meetings.roster(elsewhere.meetingId)).toMatchObject({ locked: false });
    });

    it('[MH4] outlasts the host, and ends when everybody who joined is gone', async () => {
      const { meetings } = await start();
      await enter(meetings, alice, bob);
      await meetings.setLock(alice, 'locked');
      await meetings.leave(alice, 'left');
      expect(await meetings.connect(carol, roomy)).toEqual({ outcome: 'meeting-locked' });
      await meetings.leave(bob, 'left');
      expect(await meetings.roster(meetingId)).toMatchObject({ locked: false });
      await enter(meetings, carol);
      expect(await roles(meetings)).toEqual({ carol: 'host' });
      await enter(meetings, bob);
      expect(await meetings.roster(meetingId)).toMatchObject({ locked: false });
    });

    it('[MH4] ends likewise where tokens say who is host', async () => {
      const { meetings } = await start();
      const host = withToken(alice, 'host');
      await enter(meetings, host);
      await meetings.setLock(host, 'locked');
      await meetings.leave(host, 'left');
      await enter(meetings, withToken(bob, 'participant'));
      expect(await meetings.roster(meetingId)).toMatchObject({ locked: false });
      expect((await meetings.connect(withToken(carol, 'participant'), roomy)).outcome).toBe('connected');
    });
  });
}
