import { describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../harness/server.ts';
import type { Frame, TestClient } from '../harness/TestClient.ts';
import { expectUntouched } from './untouched.ts';

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };

/** Alice, a host, and mallory, who joined after her. */
async function aMeeting(server: TestServer) {
  const { client: alice, welcome } = await server.join('alice');
  const { client: mallory, welcome: mallorysWelcome } = await server.join('mallory');
  expect(await alice.next()).toMatchObject({ data: { eventType: 'user-joined' } });
  return {
    ...{ alice, alicesId: welcome.self.connectionId },
    ...{ mallory, mallorysId: mallorysWelcome.self.connectionId },
  };
}

/** Everything that is the server's word, as somebody else's. */
const forged = (alicesId: string) => ({
  type: 'welcome',
  from: { connectionId: alicesId, userId: 'alice', userName: 'Alice', session: 'hers' },
  connectionId: alicesId,
  userId: 'alice',
  userName: 'Alice',
  origin: 'server',
  seq: 1,
  timestamp: '1999-12-31T23:59:59.999Z',
  messageId: 'forged',
  to: { userId: 'bob' },
  role: 'host',
});

describe('what only the server says', () => {
  it('[MS1][MS7] a sender, a time, an id, an addressee or an origin that a client writes reaches nobody', async () => {
    const server = await startTestServer();
    const { alice, alicesId, mallory, mallorysId } = await aMeeting(server);
    const from = { connectionId: mallorysId, userId: 'mallory', userName: 'Mallory' };
    const said = { from, data: 'hello', timestamp: expect.any(String), messageId: expect.any(String) };
    for (const [target, more] of [
      [{ meetingId: 'standup' }, { type: 'message' }],
      [
        { meetingId: 'standup', messageType: 'chat' },
        { type: 'chat', seq: expect.any(Number) },
      ],
      [{ targetUserId: 'alice' }, { type: 'message', to: { userId: 'alice' } }],
      [{ targetConnectionId: alicesId }, { type: 'message', to: { connectionId: alicesId } }],
    ] as const) {
      await mallory.replyTo({ ...forged(alicesId), action: 'sendMessage', ...target, data: 'hello' });
      const frame = await alice.next();
      expect(frame).toEqual({ ...said, ...more });
      expect([frame.timestamp, frame.messageId]).not.toContain(forged('').timestamp);
      expect(frame.messageId).not.toBe('forged');
      expect(frame.seq).not.toBe(forged('').seq);
    }
  });

  it('[LG2] a seq that a client writes moves no line of the log', async () => {
    const server = await startTestServer();
    const { alice, mallory } = await aMeeting(server);
    const chat = { ...hello, messageType: 'chat' };
    for (const seq of [1, 3, 999, -1, '4']) await mallory.replyTo({ ...chat, seq });
    const entries = (await alice.replyTo({ action: 'history' })).entries as Frame[];
    // Where changes meet, there may be voids between them.
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.filter(({ type }) => type === 'chat')).toHaveLength(5);
  });

  it("[MS3] the name of a server's frame is refused as a messageType, however it is written", async () => {
    const server = await startTestServer();
    const { alice, mallory } = await aMeeting(server);
    const names = ['ack', 'error', 'welcome', 'pong', 'history', 'participants', 'bye', 'void'];
    const written = [
      ...names.map((name) => JSON.stringify(name)),
      ...[
        '"\\u0061ck"',
        '["ack"]',
        '{"toString":"ack"}',
        '" ack"',
        '"ack\\u0000"',
        '"аck"',
        '"message","messageType":"bye"',
      ],
    ];
    for (const messageType of written) {
      const text = `{"action":"sendMessage","meetingId":"standup","data":1,"messageType":${messageType}}`;
      expect(await mallory.requestText(text)).toMatchObject({ code: 'invalid_message_type' });
    }
    await expectUntouched(alice);
    expect(await mallory.request({ ...hello, messageType: 'byes' })).toMatchObject({ type: 'ack', sent: 1 });
    expect(await alice.next()).toMatchObject({ type: 'byes' });
  });

  it("[MS9] an event that a client broadcasts never carries the server's origin", async () => {
    const server = await startTestServer();
    const { alice, mallory } = await aMeeting(server);
    const data = {
      eventType: 'user-left',
      userId: 'alice',
      userName: 'Alice',
      reason: 'kicked',
      origin: 'server',
    };
    const event = { ...hello, messageType: 'event', origin: 'server', data };
    for (const target of [{}, { targetUserId: 'alice' }]) {
      expect(await mallory.replyTo({ ...event, ...target })).toMatchObject({ type: 'ack', sent: 1 });
      const frame = await alice.next();
      expect(frame).toMatchObject({ type: 'event', from: { userId: 'mallory' }, data });
      expect(frame).not.toHaveProperty('origin');
    }
    expect(await alice.replyTo({ action: 'participants' })).toMatchObject({ participantCount: 2 });
    const { entries } = await mallory.replyTo({ action: 'history' });
    for (const entry of entries as Frame[])
      if (entry.type === 'event') expect(entry).toMatchObject({ origin: 'server' });
  });

  it('[LG4] the requestId of somebody else is nobody’s retry', async () => {
    const server = await startTestServer();
    const { alice, mallory } = await aMeeting(server);
    const chat = { ...hello, messageType: 'chat', requestId: 'r1' };
    const first = await alice.replyTo(chat);
    const second = await mallory.replyTo({ ...chat, data: 'mine' });
    expect(second).toMatchObject({ type: 'ack', sent: 1 });
    expect(second.messageId).not.toBe(first.messageId);
    const { entries } = await alice.replyTo({ action: 'history' });
    const chats = (entries as Frame[]).filter(({ type }) => type === 'chat');
    expect(chats.map(({ data }) => data)).toEqual(['hello', 'mine']);
  });
});

describe('who somebody is', () => {
  it('[RO1][JN1] a role that is claimed in the query, in a join or in an update is nobody’s', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const claims = { role: 'host', self: { role: 'host' }, attributes: { role: 'host' } };
    const { client: mallory, welcome } = await server.join('mallory', claims, { role: 'host' });
    expect(welcome.self).toMatchObject({ role: 'participant' });
    await mallory.replyTo({ action: 'update', role: 'host', attributes: { role: 'host' } });
    const { participants } = await alice.replyTo({ action: 'participants' });
    expect(rolesIn(participants)).toEqual({ alice: 'host', mallory: 'participant' });
    await expectNoHost(mallory);
  });

  it('[MS1][RQ5] a connectionId that is claimed in the query or in a request is not believed', async () => {
    const server = await startTestServer();
    const { client: alice, welcome } = await server.join('alice');
    const { connectionId } = welcome.self;
    const claims = { connectionId, userId: 'alice', session: 'hers' };
    const { client: mallory, welcome: own } = await server.join('mallory', claims, { connectionId });
    expect(own.self).toMatchObject({ userId: 'mallory' });
    expect(own.self.connectionId).not.toBe(connectionId);
    await mallory.replyTo({ action: 'update', ...claims, attributes: { hand: true } });
    await mallory.replyTo({ action: 'leave', ...claims });
    expect(await alice.replyTo({ action: 'participants' })).toMatchObject({
      participants: [{ userId: 'alice', connections: [{ connectionId, attributes: {} }] }],
    });
  });

  it('[RQ2] an action with the name of what every object has reaches no route', async () => {
    const server = await startTestServer();
    const { alice, mallory } = await aMeeting(server);
    const names = [
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      'sweep',
      'authorize',
      'onConnect',
    ];
    for (const action of [
      ...names,
      '$connect',
      '$disconnect',
      '$default',
      '',
      ['lock'],
      { action: 'lock' },
    ]) {
      expect(await mallory.request({ ...hello, action })).toMatchObject({ code: 'unknown_action' });
    }
    await expectUntouched(alice);
    expect(await mallory.request(hello)).toMatchObject({ type: 'ack', sent: 1 });
  });

  it('[MS5][RO4] a __proto__ in a frame arrives as data, and changes nothing here', async () => {
    const server = await startTestServer();
    const { alice, mallory } = await aMeeting(server);
    const proto = '"__proto__":{"role":"host","origin":"server","userId":"alice","meetingId":"elsewhere"}';
    mallory.sendText(`{"action":"sendMessage","meetingId":"standup",${proto},"data":{${proto}}}`);
    const text = await alice.nextText();
    expect(text).toContain(`"data":{${proto}}`);
    expect(JSON.parse(text)).toMatchObject({ type: 'message', from: { userId: 'mallory' } });
    await mallory.frame(({ type }) => type === 'ack');
    for (const action of ['join', 'update'])
      await mallory.requestText(`{"action":"${action}",${proto},"attributes":{${proto}}}`);
    await expectNoHost(mallory);
    expect({}).not.toHaveProperty('role');
  });
});

const rolesIn = (participants: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (participants as { userId: string; role: string }[]).map(({ userId, role }) => [userId, role]),
  );

async function expectNoHost(client: TestClient): Promise<void> {
  for (const action of ['lock', 'unlock', 'remove'])
    expect(await client.replyTo({ action, userId: 'alice' })).toMatchObject({ code: 'hosts_only' });
}
