import { describe, expect, it } from 'vitest';
import { noTrouble } from '../harness/conditions.ts';
import { startTestServer } from '../harness/server.ts';

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };
const chat = { ...hello, messageType: 'chat' };
const exactSeqs = { trouble: noTrouble };

describe('joining', () => {
  it('[JN1] is answered by a welcome that tells who one is, who is there, and what holds', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_MEETING: '7' }, exactSeqs);
    const { welcome } = await server.join('alice', {
      requestId: 'j1',
      session: 'tab-1',
      attributes: { microphone: true },
    });
    const { connectionId } = welcome.self;
    expect(welcome).toEqual({
      type: 'welcome',
      requestId: 'j1',
      meetingId: 'standup',
      self: {
        connectionId,
        userId: 'alice',
        userName: 'Alice',
        session: 'tab-1',
        role: 'host',
        joinedAt: isoTime,
      },
      participants: [
        {
          userId: 'alice',
          userName: 'Alice',
          role: 'host',
          joinedAt: isoTime,
          rev: expect.any(Number),
          connections: [
            { connectionId, session: 'tab-1', joinedAt: isoTime, attributes: { microphone: true } },
          ],
        },
      ],
      participantCount: 1,
      locked: false,
      log: { epoch: expect.any(String), seq: 1, entries: [], more: false, recovered: false },
      iceServers: [],
      limits: expect.objectContaining({
        messagesPerSecond: 50,
        messageBurst: 100,
        frameBytes: 32_768,
        messageBytes: 131_072,
        idleSeconds: 600,
        connectionSeconds: 7200,
        connectionsPerMeeting: 7,
        connectionsPerUser: 5,
      }),
      serverTime: isoTime,
    });
  });

  it('[CN10] is what makes a v1 client a member: until then it hears nothing and is nobody', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const bob = await server.connectV1('bob');
    expect(await alice.request(hello)).toMatchObject({ type: 'ack', sent: 0 });
    expect(await alice.request({ ...hello, targetUserId: 'bob' })).toMatchObject({
      code: 'target_not_found',
    });
    for (const request of [
      hello,
      { action: 'history' },
      { action: 'participants' },
      { action: 'update', attributes: {} },
    ]) {
      expect(await bob.request(request)).toMatchObject({ status: 403, code: 'not_joined', retryable: false });
    }
    expect(await bob.request({ action: 'ping' })).toEqual({ type: 'pong' });
    expect(await bob.request({ action: 'join' })).toMatchObject({ type: 'welcome' });
    expect(await alice.next()).toMatchObject({ data: { eventType: 'user-joined', userId: 'bob' } });
    expect(await alice.request(hello)).toMatchObject({ type: 'ack', sent: 1 });
    expect(await bob.next()).toMatchObject({ data: 'hello' });
  });

  it('[JN2] adds the session to what the connection sends', async () => {
    const server = await startTestServer();
    const bob = await server.connect('bob');
    const { client: alice } = await server.join('alice', { session: 'tab-1' });
    await bob.next();
    await alice.request(hello);
    expect(await bob.next()).toMatchObject({ from: { userId: 'alice', session: 'tab-1' }, data: 'hello' });
  });

  it.each([
    ['session', { session: '' }],
    ['session', { session: 7 }],
    ['attributes', { attributes: [] }],
    ['attributes', { attributes: 'camera' }],
    ['attributes', { attributes: { text: 'x'.repeat(2040) } }],
    ['attributes', { attributes: { text: '€'.repeat(700) } }],
    ['since', { since: 5 }],
    ['since.epoch', { since: { seq: 5 } }],
    ['since.seq', { since: { epoch: 'e', seq: -1 } }],
    ['replaces', { replaces: {} }],
    ['requestId', { requestId: '\n' }],
  ])('[JN3] refuses a wrong %s and changes nothing', async (field, join) => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const client = await server.connectV1('bob');
    const refused = await client.request({ action: 'join', ...join });
    expect(refused).toMatchObject({ type: 'error', code: 'invalid_request', details: { field } });
    expect(refused.message).toMatch(new RegExp(`^${field} .*\\.$`));
    expect(await client.request({ action: 'participants' })).toMatchObject({ code: 'not_joined' });
    expect(alice.unread).toEqual([]);
  });

  it('[JN3] takes attributes of 2,048 bytes', async () => {
    const server = await startTestServer();
    const attributes = { text: '€'.repeat(670) };
    const bytes = Buffer.byteLength(JSON.stringify(attributes));
    const padded = { ...attributes, p: 'x'.repeat(2048 - bytes - ',"p":""'.length) };
    expect(Buffer.byteLength(JSON.stringify(padded))).toBe(2048);
    const { welcome } = await server.join('alice', { attributes: padded });
    expect(welcome.participants[0]?.connections[0]?.attributes).toEqual(padded);
  });

  it('[JN3] refuses attributes of more than 2,048 bytes, saying how many they are', async () => {
    const server = await startTestServer();
    const { client } = await server.join('alice');
    const reply = await client.request({ action: 'update', attributes: { text: 'x'.repeat(2038) } });
    expect(reply.message).toBe('attributes must be a JSON object of at most 2048 bytes, and has 2049.');
  });

  it('[JN4] shows exactly those who are there', async () => {
    const server = await startTestServer();
    await server.connect('plain');
    const { client: alice } = await server.join('alice');
    await server.join('bob', { session: 'laptop' });
    await server.join('bob', { session: 'phone' });
    await server.join('mallory', {}, { meetingId: 'elsewhere' });
    await alice.replyTo({ action: 'leave' });
    const { welcome } = await server.join('carol');
    expect(welcome.participants.map(({ userId, connections }) => [userId, connections.length])).toEqual([
      ['bob', 2],
      ['carol', 1],
    ]);
    expect(welcome.participantCount).toBe(2);
  });

  it('[JN5] brings back whoever was away to what was said meanwhile', async () => {
    const server = await startTestServer({}, exactSeqs);
    const { client: alice } = await server.join('alice');
    const { client: bob, welcome } = await server.join('bob');
    const { epoch, seq } = welcome.log;
    bob.socket.terminate();
    expect(await alice.next()).toMatchObject({ data: { eventType: 'user-joined', userId: 'bob' } });
    expect(await alice.next()).toMatchObject({ data: { eventType: 'user-left', userId: 'bob' } });
    await alice.request({ ...chat, data: 'one' });
    await alice.request({ ...chat, data: 'two' });
    const back = await server.join('bob', { since: { epoch, seq } });
    expect(back.welcome.log).toMatchObject({ epoch, seq: seq + 4, more: false, recovered: true });
    expect(back.welcome.log.entries).toMatchObject([
      { seq: seq + 1, data: { eventType: 'user-left', userId: 'bob', reason: 'connection-lost' } },
      { seq: seq + 2, data: 'one', from: { userId: 'alice' } },
      { seq: seq + 3, data: 'two' },
      { seq: seq + 4, data: { eventType: 'user-joined', userId: 'bob' } },
    ]);
  });

  it('[JN5] recovers nothing of another epoch, or of a future', async () => {
    const server = await startTestServer();
    const { welcome } = await server.join('alice');
    const { epoch, seq } = welcome.log;
    for (const since of [
      { epoch: 'another', seq },
      { epoch, seq: 1000 },
    ]) {
      const { welcome } = await server.join('bob', { since });
      expect(welcome.log).toMatchObject({ epoch, entries: [], more: false, recovered: false });
    }
  });

  it('[JN6] has more entries fetched by history', async () => {
    const server = await startTestServer({}, exactSeqs);
    const { client: alice, welcome } = await server.join('alice');
    const { epoch, seq } = welcome.log;
    const data = 'x'.repeat(20_000);
    for (let n = 0; n < 4; n++) await alice.request({ ...chat, data });
    const { client: bob, welcome: late } = await server.join('bob', { since: { epoch, seq } });
    expect(late.log).toMatchObject({ seq: seq + 5, more: true, recovered: true });
    expect(late.log.entries.map((entry) => entry.seq)).toEqual([seq + 1, seq + 2, seq + 3]);
    const rest = await bob.request({ action: 'history', after: seq + 3 });
    expect(rest).toMatchObject({ more: false, entries: [{ seq: seq + 4, data }, { seq: seq + 5 }] });
  });

  it('[JN6] has more participants fetched by participants', async () => {
    const server = await startTestServer();
    const attributes = { text: 'x'.repeat(2000) };
    await Promise.all(Array.from({ length: 30 }, (_, n) => server.join(`user-${n + 10}`, { attributes })));
    const { client, welcome } = await server.join('zoe', { attributes });
    expect(Buffer.byteLength(JSON.stringify(welcome.participants))).toBeLessThanOrEqual(49_152 + 2);
    expect(welcome.participantCount).toBe(31);
    const shown = welcome.participants.map(({ userId }) => userId);
    expect(shown.length).toBeGreaterThan(15);
    const rest = await client.request({ action: 'participants', after: shown.at(-1) });
    const others = (rest.participants as { userId: string }[]).map(({ userId }) => userId);
    expect([...shown, ...others]).toEqual([...Array.from({ length: 30 }, (_, n) => `user-${n + 10}`), 'zoe']);
    expect(rest).toMatchObject({ type: 'participants', participantCount: 31, more: false });
  });

  it('[JN7] once more is welcomed once more, and announces nothing twice', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const { client: bob, welcome } = await server.join('bob', { session: 's', attributes: { hand: true } });
    const again = await bob.request({ action: 'join', requestId: 'again' });
    expect(again).toMatchObject({ type: 'welcome', requestId: 'again', self: welcome.self });
    const known = (participants: unknown) =>
      (participants as { rev: number }[]).map((participant) => ({ ...participant, rev: 0 }));
    expect(known(again.participants)).toEqual(known(welcome.participants));
    expect(again.log).toMatchObject({ seq: welcome.log.seq });
    await alice.next();
    expect(await bob.request({ action: 'join', attributes: { hand: false } })).toMatchObject({
      type: 'welcome',
    });
    expect(await alice.next()).toMatchObject({
      data: {
        eventType: 'user-updated',
        participant: { connections: [{ session: 's', attributes: { hand: false } }] },
      },
    });
  });

  it('[JN8] by a connection that replaces another of its user counts for no limit', async () => {
    const server = await startTestServer({
      MAX_CONNECTIONS_PER_USER: '1',
      MAX_CONNECTIONS_PER_MEETING: '2',
    });
    const { client: bob } = await server.join('bob');
    const { client: old, welcome } = await server.join('alice', { session: 'tab' });
    const { client: young } = await server.join('alice', {
      session: 'tab',
      replaces: welcome.self.connectionId,
    });
    expect(await old.request({ action: 'ping' })).toMatchObject({ data: { eventType: 'user-updated' } });
    await old.close();
    for (const connections of [[{}], [{}, {}], [{}]]) {
      expect(await bob.next()).toMatchObject({ data: { userId: 'alice', participant: { connections } } });
    }
    expect(await young.replyTo({ action: 'participants' })).toMatchObject({
      participants: [{ userId: 'alice', connections: [{ session: 'tab' }] }, { userId: 'bob' }],
    });
  });

  it('[JN8] names no connection of another user', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_MEETING: '1' });
    const { welcome } = await server.join('alice');
    const { welcome: refused } = await server.join('bob', { replaces: welcome.self.connectionId });
    expect(refused).toMatchObject({ code: 'meeting_full' });
  });

  it('[JN9] is refused by a full meeting, in words, and possible when somebody has left', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_MEETING: '1' });
    const { client: alice } = await server.join('alice');
    const { client: bob, welcome: refused } = await server.join('bob', { requestId: 'j' });
    expect(refused).toMatchObject({
      type: 'error',
      requestId: 'j',
      status: 403,
      code: 'meeting_full',
      retryable: true,
    });
    expect(await alice.request({ action: 'leave' })).toMatchObject({ type: 'ack' });
    expect(await bob.request({ action: 'join' })).toMatchObject({ type: 'welcome' });
  });

  it('[CN8] over the limit of a user says bye to the oldest, and nobody is told of a leave', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_USER: '1' });
    const { client: bob } = await server.join('bob');
    const { client: old } = await server.join('alice');
    const { welcome } = await server.join('alice');
    expect(await old.next()).toMatchObject({ type: 'bye', code: 'replaced' });
    await old.closed;
    expect(await bob.next()).toMatchObject({ data: { eventType: 'user-joined' } });
    expect(await bob.next()).toMatchObject({
      data: {
        eventType: 'user-updated',
        participant: { connections: [{ connectionId: welcome.self.connectionId }] },
      },
    });
  });

  it('[CN8] lets nobody who has not joined push out who has', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_USER: '1' });
    const { client: alice } = await server.join('alice');
    const first = await server.connectV1('alice');
    await server.connectV1('alice');
    expect(await first.next()).toMatchObject({ type: 'bye', code: 'replaced' });
    expect(await alice.request({ action: 'ping' })).toEqual({ type: 'pong' });
  });

  it('[RQ6] of a failing store is answered as an error, and can be repeated', async () => {
    const server = await startTestServer();
    const alice = await server.connectV1('alice');
    server.setStore('failing');
    const failed = await alice.request({ action: 'join', requestId: 'j' });
    expect(failed).toMatchObject({ status: 500, code: 'internal_error', retryable: true, requestId: 'j' });
    expect(JSON.stringify(failed)).not.toContain('SECRET');
    server.setStore('working');
    expect(await alice.request({ action: 'join' })).toMatchObject({ type: 'welcome' });
  });
});

describe('participants', () => {
  it('[PT1] pages through the roster by userId', async () => {
    const server = await startTestServer({}, exactSeqs);
    for (const userId of ['dave', 'bob', 'carol']) await server.join(userId);
    const { client: alice } = await server.join('alice');
    const page = async (request: object) => {
      const reply = await alice.request({ action: 'participants', ...request });
      expect(reply).toMatchObject({ type: 'participants', seq: 4, participantCount: 4 });
      return [(reply.participants as { userId: string }[]).map(({ userId }) => userId), reply.more];
    };
    expect(await page({ limit: 3 })).toEqual([['alice', 'bob', 'carol'], true]);
    expect(await page({ after: 'carol', limit: 3 })).toEqual([['dave'], false]);
    expect(await page({ after: 'bo' })).toEqual([['bob', 'carol', 'dave'], false]);
    expect(await page({ after: 'zoe' })).toEqual([[], false]);
  });

  it.each([
    ['limit', { limit: 0 }],
    ['limit', { limit: 301 }],
    ['after', { after: 7 }],
  ])('[JN3] refuses a wrong %s (%j)', async (field, request) => {
    const server = await startTestServer();
    const { client } = await server.join('alice');
    expect(await client.request({ action: 'participants', ...request })).toMatchObject({
      code: 'invalid_request',
      details: { field },
    });
  });
});

describe('ping', () => {
  it('[PG1] is answered pong and nothing else', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    expect(await alice.requestText('{"action":"ping","requestId":"r"}')).toEqual({ type: 'pong' });
  });
});
