import { describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../harness/server.ts';
import { type Frame, TestClient } from '../harness/TestClient.ts';
import { expectUntouched } from './untouched.ts';

const hostActions = ['lock', 'unlock', 'remove'] as const;

/** Alice, who hosts the meeting, and bob. */
async function aMeeting(server: TestServer) {
  const { client: alice } = await server.join('alice');
  const { client: bob, welcome } = await server.join('bob');
  expect(await alice.next()).toMatchObject({ data: { eventType: 'user-joined' } });
  return { alice, bob, bobsId: welcome.self.connectionId };
}

/** Bob's removal, as alice sees to it. */
async function removeBob({ alice, bob }: Awaited<ReturnType<typeof aMeeting>>) {
  expect(await alice.replyTo({ action: 'remove', userId: 'bob' })).toMatchObject({ type: 'ack' });
  await bob.closed;
  alice.forget();
}

/** Tries to come in by every way there is; returns how each was answered. */
async function everyWayIn(
  server: TestServer,
  userId: string,
  replaces?: string,
): Promise<readonly unknown[]> {
  const query = { meetingId: 'standup', userId, userName: 'Somebody Else', role: 'host' };
  const plain = await TestClient.refused(server.url(query));
  const v1 = await server.connectV1(userId, query);
  const answers = [];
  for (const join of [{ session: 'another' }, { role: 'host', replaces }])
    answers.push((await v1.replyTo({ action: 'join', ...join })).code);
  expect(await v1.replyTo({ action: 'history' })).toMatchObject({ code: 'not_joined' });
  expect(v1.unread).toEqual([]);
  await v1.close();
  return [JSON.parse(plain.body).code, ...answers];
}

describe('what only hosts may do', () => {
  it('[RO4] a participant locks, unlocks and removes nothing, on whichever connection, and nobody is told', async () => {
    const server = await startTestServer();
    const { alice, bob } = await aMeeting(server);
    const { client: bob2 } = await server.join('bob', {}, { role: 'host' });
    const plain = await server.connect('bob');
    const stranger = await server.connect('carol');
    alice.forget();
    for (const client of [bob, bob2, plain, stranger]) {
      for (const action of hostActions)
        expect(await client.replyTo({ action, userId: 'alice' })).toMatchObject({ code: 'hosts_only' });
    }
    await expectUntouched(alice, stranger);
    expect((await server.join('dave')).welcome).toMatchObject({ type: 'welcome', locked: false });
  });

  it('[CN10][AK4] who has not joined yet, or has left, locks, unlocks and removes nothing', async () => {
    const server = await startTestServer();
    const { alice, bob } = await aMeeting(server);
    const early = await server.connectV1('alice');
    await bob.replyTo({ action: 'leave' });
    expect(await alice.next()).toMatchObject({ data: { eventType: 'user-left' } });
    for (const action of hostActions) {
      expect(await early.replyTo({ action, userId: 'bob' })).toMatchObject({ code: 'not_joined' });
      expect(await bob.replyTo({ action, userId: 'alice' })).toMatchObject({ code: 'not_in_meeting' });
    }
    await expectUntouched(alice);
    expect(await alice.replyTo({ action: 'lock' })).toMatchObject({ type: 'ack' });
  });

  it('[RO1] nobody becomes host by looking like the host, nor by the absence of the host', async () => {
    const server = await startTestServer();
    const { alice, bob } = await aMeeting(server);
    for (const userId of ['Alice', 'alice ', '\u0430lice', 'alice\u200d'])
      expect((await server.join(userId, {}, { userName: 'Alice' })).welcome.self).toMatchObject({
        role: 'participant',
      });
    await alice.replyTo({ action: 'leave' });
    for (const action of hostActions)
      expect(await bob.replyTo({ action, userId: 'Alice' })).toMatchObject({ code: 'hosts_only' });
    expect((await server.join('carol')).welcome.self).toMatchObject({ role: 'participant' });
    expect((await server.join('alice')).welcome.self).toMatchObject({ role: 'host' });
  });

  it('[RO1][MH1] of many who come first at the same moment one is host', async () => {
    const server = await startTestServer();
    const arriving = ['a', 'b', 'c', 'd'].map((userId) => server.join(userId));
    const welcomes = (await Promise.all(arriving)).map(({ welcome }) => welcome);
    const { client } = await server.join('g');
    const { participants } = await client.replyTo({ action: 'participants' });
    const hosts = (participants as { role: string }[]).filter(({ role }) => role === 'host');
    expect(hosts).toHaveLength(1);
    expect(welcomes.filter(({ self }) => (self as Frame).role === 'host')).toHaveLength(1);
  });
});

describe('who was removed', () => {
  it('[RM2] who was removed comes back by no way: plain, v1, with another name, session, role or in the old place', async () => {
    const server = await startTestServer();
    const meeting = await aMeeting(server);
    await removeBob(meeting);
    const ways = await everyWayIn(server, 'bob', meeting.bobsId);
    expect(new Set(ways)).toEqual(new Set(['removed']));
    await expectUntouched(meeting.alice);
    expect((await server.join('carol')).welcome.type).toBe('welcome');
  });

  it('[RM2] who was removed stays out when everybody has left, and when the meeting is locked and unlocked', async () => {
    const server = await startTestServer();
    const meeting = await aMeeting(server);
    const { alice } = meeting;
    await removeBob(meeting);
    for (const action of ['lock', 'unlock']) {
      expect(await alice.replyTo({ action })).toMatchObject({ type: 'ack' });
      expect(new Set(await everyWayIn(server, 'bob'))).toEqual(new Set(['removed']));
    }
    await alice.replyTo({ action: 'leave' });
    expect(new Set(await everyWayIn(server, 'bob'))).toEqual(new Set(['removed']));
    expect((await server.join('carol')).welcome.self).toMatchObject({ role: 'host' });
  });

  it('[RM1][MH2] who was removed is in by no connection that was on its way at that moment', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_USER: '20' });
    const { alice } = await aMeeting(server);
    const waiting = await Promise.all(Array.from({ length: 5 }, () => server.connectV1('bob')));
    const coming = [
      ...waiting.map((client) => client.replyTo({ action: 'join' }).catch(() => undefined)),
      ...Array.from({ length: 5 }, () => server.connect('bob').catch(() => undefined)),
    ];
    expect(await alice.replyTo({ action: 'remove', userId: 'bob' })).toMatchObject({ type: 'ack' });
    const toBob = { action: 'sendMessage', targetUserId: 'bob', data: 1 };
    expect(await alice.replyTo(toBob)).toMatchObject({ code: 'target_not_found' });
    await Promise.race([Promise.allSettled(coming), Promise.all(waiting.map(({ closed }) => closed))]);
    expect(await alice.replyTo(toBob)).toMatchObject({ code: 'target_not_found' });
    expect(await alice.replyTo({ action: 'participants' })).toMatchObject({ participantCount: 1 });
    expect(new Set(await everyWayIn(server, 'bob'))).toEqual(new Set(['removed']));
  });
});

describe('a locked meeting', () => {
  it('[LK2] a locked meeting is entered by no way: plain, v1, with a role, in the place of a member, under a name like theirs', async () => {
    const server = await startTestServer();
    const { alice, bobsId } = await aMeeting(server);
    const early = await server.connectV1('eve');
    expect(await alice.replyTo({ action: 'lock' })).toMatchObject({ type: 'ack' });
    expect(await early.replyTo({ action: 'join' })).toMatchObject({ code: 'meeting_locked' });
    for (const userId of ['eve', 'Bob', 'b\u043eb', bobsId])
      expect(new Set(await everyWayIn(server, userId, bobsId))).toEqual(new Set(['meeting_locked']));
    await expectUntouched(alice);
    expect((await server.join('bob')).welcome).toMatchObject({ type: 'welcome', locked: true });
  });

  it('[LK2] a locked meeting is closed to who had left before, and to who hosts another', async () => {
    const server = await startTestServer();
    const { alice, bob } = await aMeeting(server);
    await bob.replyTo({ action: 'leave' });
    const { client: mallory } = await server.join('mallory', {}, { meetingId: 'elsewhere' });
    expect(await alice.replyTo({ action: 'lock' })).toMatchObject({ type: 'ack' });
    for (const userId of ['bob', 'mallory'])
      expect(new Set(await everyWayIn(server, userId))).toEqual(new Set(['meeting_locked']));
    expect(await mallory.replyTo({ action: 'unlock', meetingId: 'standup' })).toMatchObject({ type: 'ack' });
    expect(new Set(await everyWayIn(server, 'mallory'))).toEqual(new Set(['meeting_locked']));
  });
});
