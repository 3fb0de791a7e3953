import { describe, expect, it } from 'vitest';
import { noTrouble } from '../harness/conditions.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';
import type { Frame, TestClient } from '../harness/TestClient.ts';
import { aliceClaims, secretToken, testSecret } from '../harness/tokens.ts';

const exactSeqs = { trouble: noTrouble };

/** Alice, who came first, and bob. */
async function aMeeting(server: TestServer) {
  const { client: alice } = await server.join('alice');
  const { client: bob, welcome } = await server.join('bob');
  expect(await alice.next()).toMatchObject({ data: { eventType: 'user-joined', userId: 'bob' } });
  return { alice, bob, bobsId: welcome.self.connectionId };
}

const rolesIn = (frame: { readonly participants: readonly { userId: string; role: string }[] }) =>
  Object.fromEntries(frame.participants.map(({ userId, role }) => [userId, role]));

const refusedJoin = async (server: TestServer, userId: string): Promise<Frame> =>
  (await server.connectV1(userId)).replyTo({ action: 'join' });

const ended = async (client: TestClient) => (await client.closed).code;

describe('roles', () => {
  it('[RO1] make the first to join the host, and nobody else', async () => {
    const server = await startTestServer({}, exactSeqs);
    const { welcome: first } = await server.join('alice');
    expect(first.self).toMatchObject({ role: 'host' });
    const { welcome } = await server.join('bob');
    expect(welcome.self).toMatchObject({ role: 'participant' });
    expect(rolesIn(welcome)).toEqual({ alice: 'host', bob: 'participant' });
  });

  it('[RO1] stay with who leaves and comes back while somebody is there', async () => {
    const server = await startTestServer({}, exactSeqs);
    const { alice, bob } = await aMeeting(server);
    await alice.replyTo({ action: 'leave' });
    expect(await bob.next()).toMatchObject({ data: { eventType: 'user-left', userId: 'alice' } });
    const { welcome: carol } = await server.join('carol');
    expect(carol.self).toMatchObject({ role: 'participant' });
    const { welcome } = await server.join('alice');
    expect(rolesIn(welcome)).toEqual({ alice: 'host', bob: 'participant', carol: 'participant' });
  });

  it('[RO1] are given anew where everybody has left', async () => {
    const server = await startTestServer({}, exactSeqs);
    const { alice, bob } = await aMeeting(server);
    await alice.replyTo({ action: 'leave' });
    await bob.replyTo({ action: 'leave' });
    const { welcome: carol } = await server.join('carol');
    expect(carol.self).toMatchObject({ role: 'host' });
    expect((await server.join('alice')).welcome.self).toMatchObject({ role: 'participant' });
  });

  it("[RO1] are the user's, on whichever connection", async () => {
    const server = await startTestServer();
    const { bob } = await aMeeting(server);
    const { client: second, welcome } = await server.join('alice');
    expect(welcome.self).toMatchObject({ role: 'host' });
    expect(await second.replyTo({ action: 'remove', userId: 'bob' })).toMatchObject({ type: 'ack' });
    expect(await ended(bob)).toBe(1000);
  });

  it.each([
    ['remove', { userId: 'alice' }],
    ['lock', {}],
    ['unlock', {}],
  ])('[RO4] let no participant %s', async (action, fields) => {
    const server = await startTestServer();
    const { alice, bob } = await aMeeting(server);
    const plain = await server.connect('carol');
    for (const client of [bob, plain]) {
      expect(await client.replyTo({ action, ...fields })).toMatchObject({
        type: 'error',
        status: 403,
        code: 'hosts_only',
      });
    }
    expect(await alice.replyTo({ action: 'participants' })).toMatchObject({ participantCount: 2 });
    expect((await server.join('dave')).welcome).toMatchObject({ type: 'welcome', locked: false });
  });
});

describe('roles of tokens', () => {
  const withTokens = () => startTestServer({ AUTH_SECRET: testSecret }, exactSeqs);
  const joinAs = async (server: TestServer, userId: string, role?: string) => {
    const token = secretToken({ ...aliceClaims, sub: userId, name: userId, role });
    return server.join(userId, {}, { token });
  };

  it('[RO4] let a host do nothing before joining, so that no lock is acked that nobody is there to keep', async () => {
    const server = await withTokens();
    const token = secretToken({ ...aliceClaims, role: 'host' });
    const plain = await server.connect('alice', { token });
    const { client: bob } = await joinAs(server, 'bob');
    const denied = { type: 'error', status: 403, code: 'not_joined' };
    for (const request of [{ action: 'lock' }, { action: 'unlock' }, { action: 'remove', userId: 'bob' }]) {
      expect(await plain.replyTo(request)).toMatchObject(denied);
    }
    expect(await bob.replyTo({ action: 'participants' })).toMatchObject({ participantCount: 1 });
    expect((await joinAs(server, 'carol')).welcome).toMatchObject({ type: 'welcome', locked: false });
    expect(await plain.replyTo({ action: 'join' })).toMatchObject({ self: { role: 'host' } });
    expect(await plain.replyTo({ action: 'lock' })).toMatchObject({ type: 'ack' });
    const { welcome: refusal } = await joinAs(server, 'dave');
    expect(refusal).toMatchObject({ type: 'error', code: 'meeting_locked' });
  });

  it('[RO2] are those that the tokens say, and the first to join is no host for it', async () => {
    const server = await withTokens();
    const { client: alice } = await joinAs(server, 'alice');
    const { welcome } = await joinAs(server, 'bob', 'observer');
    expect(welcome.self).toMatchObject({ role: 'observer' });
    expect(rolesIn(welcome)).toEqual({ alice: 'participant', bob: 'observer' });
    expect(await alice.replyTo({ action: 'lock' })).toMatchObject({ code: 'hosts_only' });
    const { client: host } = await joinAs(server, 'carol', 'host');
    expect(await host.replyTo({ action: 'lock' })).toMatchObject({ type: 'ack' });
  });

  it('[RO2] become those of the newest token on all connections of the user', async () => {
    const server = await withTokens();
    const { client: first } = await joinAs(server, 'alice', 'host');
    const { welcome } = await joinAs(server, 'alice', 'participant');
    expect(rolesIn(welcome)).toEqual({ alice: 'participant' });
    expect(await first.replyTo({ action: 'lock' })).toMatchObject({ code: 'hosts_only' });
    await joinAs(server, 'alice', 'host');
    expect(await first.replyTo({ action: 'lock' })).toMatchObject({ type: 'ack' });
  });

  it('[RO3] let an observer speak to one, and not to all', async () => {
    const server = await withTokens();
    const { client: alice } = await joinAs(server, 'alice');
    const { client: observer } = await joinAs(server, 'bob', 'observer');
    for (const messageType of ['chat', 'message', 'event', 'offer']) {
      const message = { action: 'sendMessage', meetingId: 'standup', messageType, data: 'hello' };
      expect(await observer.replyTo(message)).toMatchObject({
        type: 'error',
        status: 403,
        code: 'observers_only_listen',
      });
    }
    const direct = { action: 'sendMessage', targetUserId: 'alice', messageType: 'answer', data: 'to you' };
    expect(await observer.replyTo(direct)).toMatchObject({ type: 'ack', sent: 1 });
    const { connectionId } = (await joinAs(server, 'carol')).welcome.self;
    const signal = { ...direct, targetUserId: null, targetConnectionId: connectionId };
    expect(await observer.replyTo(signal)).toMatchObject({ type: 'ack', sent: 1 });
    expect(await alice.frame(({ type }) => type === 'answer')).toMatchObject({ data: 'to you' });
    expect(await observer.replyTo({ action: 'update', attributes: { hand: true } })).toMatchObject({
      type: 'ack',
    });
    expect(alice.unread.filter(({ data }) => data === 'hello')).toEqual([]);
    expect(await observer.replyTo({ action: 'history' })).toMatchObject({
      entries: [{ type: 'event' }, { type: 'event' }, { type: 'event' }],
    });
  });
});

describe('remove', () => {
  it('[RM1] ends every connection of the user, tells them, and the others once', async () => {
    const server = await startTestServer({}, exactSeqs);
    const { alice, bob } = await aMeeting(server);
    const { client: bob2 } = await server.join('bob');
    expect(await alice.next()).toMatchObject({ data: { eventType: 'user-updated', userId: 'bob' } });
    const { client: carol } = await server.join('carol');
    expect(await alice.next()).toMatchObject({ data: { eventType: 'user-joined', userId: 'carol' } });

    expect(await alice.replyTo({ action: 'remove', userId: 'bob', requestId: 'r1' })).toEqual({
      type: 'ack',
      requestId: 'r1',
    });
    for (const client of [alice, carol]) {
      expect(await client.frame((frame) => leftOf(frame) !== undefined)).toMatchObject({
        data: { eventType: 'user-left', userId: 'bob', reason: 'kicked' },
      });
    }
    for (const client of [bob, bob2]) {
      expect(await client.frame(({ type }) => type === 'bye')).toMatchObject({
        type: 'bye',
        code: 'removed',
      });
      expect(await ended(client)).toBe(1000);
    }
    const history = await carol.replyTo({ action: 'history' });
    expect((history.entries as Frame[]).flatMap((entry) => leftOf(entry) ?? [])).toEqual(['bob']);
    expect(await alice.replyTo({ action: 'participants' })).toMatchObject({ participantCount: 2 });
  });

  it('[RM2] keeps the user out of that meeting, and of no other, for a while', async () => {
    const server = await startTestServer();
    const { alice, bob } = await aMeeting(server);
    await alice.replyTo({ action: 'remove', userId: 'bob' });
    await ended(bob);
    expect(await refusedJoin(server, 'bob')).toMatchObject({ type: 'error', status: 403, code: 'removed' });
    await expect(server.connect('bob')).rejects.toThrow('403');
    expect((await server.join('bob', {}, { meetingId: 'elsewhere' })).welcome.type).toBe('welcome');
    expect((await server.join('carol')).welcome.type).toBe('welcome');
  });

  it('[RM3] says the same of who is elsewhere as of who is nowhere', async () => {
    const server = await startTestServer();
    const { alice } = await aMeeting(server);
    await server.join('mallory', {}, { meetingId: 'elsewhere' });
    await server.connectV1('not-joined');
    const answers = [];
    for (const userId of ['mallory', 'nobody', 'not-joined']) {
      answers.push(await alice.replyTo({ action: 'remove', userId, requestId: 'r1' }));
    }
    expect(answers[0]).toMatchObject({ type: 'error', status: 404, code: 'target_not_found' });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect((await server.join('mallory', {}, { meetingId: 'elsewhere' })).welcome.type).toBe('welcome');
  });

  it.each([
    [{ userId: 'alice' }, 'userId is your own: send leave instead.'],
    [{}, 'userId must be'],
    [{ userId: '' }, 'userId must be'],
    [{ userId: 5 }, 'userId must be'],
  ])('[RM3] refuses %j', async (fields, message) => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    expect(await alice.replyTo({ action: 'remove', ...fields })).toMatchObject({
      type: 'error',
      status: 400,
      code: 'invalid_request',
      message: expect.stringContaining(message),
      details: { field: 'userId' },
    });
  });
});

describe('a lock', () => {
  it('[LK1] is told to all others, and only when it changes something', async () => {
    const server = await startTestServer({}, exactSeqs);
    const { alice, bob } = await aMeeting(server);
    const plain = await server.connect('carol');
    for (const action of ['lock', 'lock', 'unlock', 'unlock']) {
      expect(await alice.replyTo({ action, requestId: action })).toEqual({ type: 'ack', requestId: action });
    }
    for (const client of [bob, plain]) {
      for (const eventType of ['meeting-locked', 'meeting-unlocked']) {
        expect(await client.next()).toMatchObject({
          type: 'event',
          origin: 'server',
          from: { userId: 'alice' },
          data: { eventType, userId: 'alice' },
        });
      }
      expect(client.unread).toEqual([]);
    }
    expect(alice.unread).toEqual([]);
  });

  it('[LK2] keeps newcomers out, until it is lifted', async () => {
    const server = await startTestServer();
    const { alice } = await aMeeting(server);
    await alice.replyTo({ action: 'lock' });
    const carol = await server.connectV1('carol');
    expect(await carol.replyTo({ action: 'join' })).toMatchObject({
      type: 'error',
      status: 403,
      code: 'meeting_locked',
      retryable: true,
    });
    await expect(server.connect('dave')).rejects.toThrow('403');
    expect((await server.join('mallory', {}, { meetingId: 'elsewhere' })).welcome.type).toBe('welcome');
    await alice.replyTo({ action: 'unlock' });
    expect(await carol.replyTo({ action: 'join' })).toMatchObject({ type: 'welcome' });
  });

  it('[LK2] lets in who is there, who was there, and hosts', async () => {
    const server = await startTestServer();
    const { alice, bob } = await aMeeting(server);
    await alice.replyTo({ action: 'lock' });
    expect((await server.join('bob')).welcome).toMatchObject({ type: 'welcome', locked: true });
    const { client: carol } = await server.join('carol', {}, { meetingId: 'elsewhere' });
    await bob.replyTo({ action: 'leave' });
    await alice.replyTo({ action: 'leave' });
    expect((await server.join('alice')).welcome).toMatchObject({ type: 'welcome', locked: true });
    expect((await server.join('bob')).welcome).toMatchObject({ type: 'welcome', locked: true });
    expect(await carol.request({ action: 'ping' })).toEqual({ type: 'pong' });
  });

  it('[LK3] outlasts the host, and ends with the meeting', async () => {
    const server = await startTestServer();
    const { alice, bob } = await aMeeting(server);
    await alice.replyTo({ action: 'lock' });
    await alice.replyTo({ action: 'leave' });
    expect(await refusedJoin(server, 'carol')).toMatchObject({ code: 'meeting_locked' });
    expect(await bob.frame((frame) => leftOf(frame) === 'alice')).toBeDefined();
    await bob.replyTo({ action: 'leave' });
    const { welcome } = await server.join('dave');
    expect(welcome).toMatchObject({ locked: false, self: { role: 'host' } });
    expect((await server.join('carol')).welcome.type).toBe('welcome');
  });
});

/** Who left, where a frame tells of that. */
const leftOf = ({ data }: Frame): unknown => {
  const { eventType, userId } = (data ?? {}) as { readonly eventType?: string; readonly userId?: string };
  return eventType === 'user-left' ? userId : undefined;
};
