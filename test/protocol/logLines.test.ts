import { expect, it } from 'vitest';
import { aConnection } from '../harness/connections.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';
import { TestClient } from '../harness/TestClient.ts';
import { testSecret } from '../harness/tokens.ts';

const chat = { action: 'sendMessage', meetingId: 'standup', messageType: 'chat', data: 'hello' };
const roomy = { connectionsPerMeeting: 100, connectionsPerUser: 5 };

/** Ids by which a line is found, beside the connection's own. */
const request = { time: expect.any(String), requestId: expect.any(String) };
const inMeeting = { ...request, meetingId: 'standup' };

/** A connection's line of an event, when it is there. */
const lineOf = (server: TestServer, event: string, connectionId: string) =>
  server.logLine({ event, connectionId });

it('[RQ8] coming, saying, leaving and going have a line each, with who and where', async () => {
  const server = await startTestServer();
  const { client: alice, welcome } = await server.join('alice');
  const { client: bob, welcome: bobs } = await server.join('bob');
  const [aliceId, bobId] = [welcome.self.connectionId, bobs.self.connectionId];
  expect(await alice.replyTo(chat)).toMatchObject({ type: 'ack' });
  await alice.replyTo({ action: 'leave' });
  await bob.close();

  const line = (event: string, connectionId: string) => lineOf(server, event, connectionId);
  const level = 'info';
  expect(await line('connected', aliceId)).toMatchObject({
    ...inMeeting,
    ...{ level, userId: 'alice', client: 'v1', evicted: 0 },
  });
  expect(await line('joined', aliceId)).toMatchObject({
    ...inMeeting,
    ...{ level, userId: 'alice', outcome: expect.any(String), evicted: 0, participantCount: 1 },
  });
  expect(await line('joined', bobId)).toMatchObject({ ...inMeeting, userId: 'bob', participantCount: 2 });
  expect(await line('routed', aliceId)).toMatchObject({ ...inMeeting, level: 'debug', sent: 1 });
  expect(await line('left', aliceId)).toMatchObject({
    ...inMeeting,
    ...{ level, reason: 'left', outcome: expect.any(String) },
  });
  expect(await line('disconnected', bobId)).toMatchObject({
    ...inMeeting,
    ...{ level, reason: expect.any(String), outcome: 'last' },
  });
});

it('[RQ8] refusals and errors have a line each, with the meeting once it is known', async () => {
  const server = await startTestServer();
  const { client: alice, connectionId } = await server.connectKnown('alice');
  await alice.replyTo({ action: 'shout' });
  await alice.replyTo({ ...chat, targetUserId: 'nobody' });
  server.setStore('failing');
  await alice.replyTo(chat);
  server.setStore('working');

  const refused = { level: 'info', event: 'refused', connectionId };
  expect(await server.logLine({ ...refused, code: 'unknown_action' })).toEqual({
    ...{ ...refused, ...request, routeKey: '$default', code: 'unknown_action' },
  });
  expect(await server.logLine({ ...refused, code: 'target_not_found' })).toMatchObject({
    ...inMeeting,
    routeKey: 'sendMessage',
  });
  expect(await server.logLine({ event: 'error', connectionId })).toMatchObject({
    ...{ ...request, level: 'error', routeKey: 'sendMessage' },
    error: { name: expect.any(String), message: expect.any(String), stack: expect.any(String) },
  });
});

it('[RQ8] an upgrade that is refused has a line, by the meeting or by the authorizer', async () => {
  const server = await startTestServer({ MAX_CONNECTIONS_PER_MEETING: '1' });
  await server.connect('alice');
  await expect(server.connect('bob')).rejects.toThrow();
  const upgrade = { event: 'refused', routeKey: '$connect' };
  expect(await server.logLine({ ...upgrade, code: 'meeting_full' })).toMatchObject({
    ...inMeeting,
    connectionId: expect.any(String),
  });

  const guarded = await startTestServer({ AUTH_SECRET: testSecret });
  await TestClient.refused(guarded.url({ meetingId: 'standup' }));
  expect(await guarded.logLine({ ...upgrade, reason: 'no-token' })).toMatchObject({
    ...{ ...request, level: 'info', connectionId: expect.any(String) },
  });
});

it('[RQ8] a send that failed, and who was found gone, have a line each', async () => {
  const server = await startTestServer();
  const { client: alice, connectionId } = await server.connectKnown('alice');
  const planted = { opening: Date.now(), gone: Date.now() - 60_000 };
  for (const [userId, connectedAtMs] of Object.entries(planted)) {
    await server.meetings.connect(aConnection({ connectionId: userId, userId, connectedAtMs }), roomy);
  }
  expect(await alice.replyTo(chat)).toMatchObject({ type: 'ack', failed: 1, stale: 1 });
  expect(await lineOf(server, 'send failed', connectionId)).toMatchObject({
    ...inMeeting,
    ...{ level: 'warn', failed: 1 },
  });
  expect(await lineOf(server, 'stale removed', connectionId)).toMatchObject({
    ...inMeeting,
    ...{ level: 'info', staleConnectionId: 'gone' },
  });
});
