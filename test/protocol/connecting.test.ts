import { describe, expect, it } from 'vitest';
import { startTestServer } from '../harness/server.ts';
import { TestClient } from '../harness/TestClient.ts';

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };

describe('connecting', () => {
  it('[CN1] refuses an upgrade without a meetingId with 400 and a body that says so', async () => {
    const server = await startTestServer();
    for (const query of [{}, { userId: 'alice' }, { meetingId: '' }]) {
      const { statusCode, headers, body } = await TestClient.refused(server.url(query));
      expect(statusCode).toBe(400);
      expect(headers['content-type']).toBe('application/json');
      expect(JSON.parse(body)).toEqual({
        code: 'missing_meeting_id',
        message: 'meetingId is missing: add ?meetingId=… to the URL.',
      });
    }
  });

  it.each(['meetingId', 'userId', 'userName'])(
    '[CN2] refuses a %s that is too long or has control characters',
    async (name) => {
      const server = await startTestServer();
      for (const value of [
        'x'.repeat(129),
        '😀'.repeat(129),
        'a\u0000b',
        'line\nbreak',
        'del\u007f',
        '\u0085',
      ]) {
        const { statusCode, body } = await TestClient.refused(
          server.url({ meetingId: 'standup', [name]: value }),
        );
        expect(statusCode).toBe(400);
        expect(JSON.parse(body)).toMatchObject({
          code: 'invalid_request',
          message: expect.stringContaining(name),
        });
      }
    },
  );

  it('[CN2] takes 128 characters of any script', async () => {
    const server = await startTestServer();
    const longest = '😀'.repeat(128);
    const alice = await server.connect(longest, { userName: 'Alice' });
    expect(await alice.request({ ...hello, targetUserId: longest })).toMatchObject({
      from: { userId: longest },
    });
    const bob = await server.connect('bob', { userName: longest });
    bob.send(hello);
    expect(await alice.next()).toMatchObject({ type: 'ack' });
    expect(await alice.next()).toMatchObject({ from: { userName: longest } });
    const carol = await server.connect('carol', { meetingId: longest });
    expect(await carol.request({ ...hello, meetingId: longest })).toMatchObject({ type: 'ack' });
  });

  it('[CN3] names whoever gives no userId by the connection, and without a userName Anonymous', async () => {
    const server = await startTestServer();
    for (const query of [{}, { userId: '', userName: '' }]) {
      const anonymous = await TestClient.connect(server.url({ meetingId: 'standup', ...query }));
      const { connectionId } = await server.logLine({ event: 'connected' });
      const bob = await server.connect('bob');
      anonymous.send(hello);
      const { from } = (await bob.next()) as { from: Record<string, string> };
      expect(from.userId).toBe(from.connectionId);
      expect(from.userName).toBe('Anonymous');
      expect(connectionId).toMatch(/^[\w-]{15}=$/);
      await Promise.all([anonymous.close(), bob.close()]);
    }
  });

  it('[CN4] makes a plain client a member at once, and announces it to nobody', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const bob = await server.connect('bob');
    expect(await bob.request(hello)).toMatchObject({ type: 'ack', sent: 1 });
    expect(await alice.next()).toMatchObject({ type: 'message', data: 'hello' });
    expect(alice.unread).toEqual([]);
  });

  it('[CN5] answers 500 when the store fails, and tells nothing internal', async () => {
    const server = await startTestServer();
    server.setStore('failing');
    const { statusCode, body } = await TestClient.refused(server.url({ meetingId: 'standup' }));
    expect(statusCode).toBe(500);
    expect(JSON.parse(body)).toEqual({
      code: 'internal_error',
      message: 'The server failed. Send again later.',
    });
    expect(server.logged).toContainEqual(expect.objectContaining({ level: 'error', routeKey: '$connect' }));
  });

  it('[CN6] confirms cloudmeetx.v1 alone of what a client offers', async () => {
    const server = await startTestServer();
    const client = await TestClient.connect(server.url({ meetingId: 'standup' }), {
      protocols: ['bearer.abc', 'cloudmeetx.v1'],
    });
    expect(client.socket.protocol).toBe('cloudmeetx.v1');
  });

  it.each([[['graphql-ws']], [['bearer.abc', 'cloudmeetx.v2']]])(
    '[CN6] refuses whoever offers %j',
    async (protocols) => {
      const server = await startTestServer();
      const refused = await TestClient.refused(server.url({ meetingId: 'standup' }), { protocols });
      expect(refused.statusCode).toBe(400);
      expect(JSON.parse(refused.body)).toMatchObject({ code: 'unsupported_subprotocol' });
    },
  );

  it('[CN7] refuses one connection more than the meeting takes, until somebody leaves', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_MEETING: '2' });
    const { client: alice, connectionId } = await server.connectKnown('alice');
    await server.connect('bob');
    const full = await TestClient.refused(server.url({ meetingId: 'standup', userId: 'carol' }));
    expect(full.statusCode).toBe(403);
    expect(JSON.parse(full.body)).toMatchObject({ code: 'meeting_full' });
    await server.connect('carol', { meetingId: 'another' });

    await alice.close();
    await server.logLine({ event: 'disconnected', connectionId });
    await server.connect('carol');
  });

  it("[CN8] parts with a user's oldest connection when one more than allowed comes", async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_USER: '2' });
    const [oldest, second] = [await server.connect('alice'), await server.connect('alice')];
    const bob = await server.connect('bob');
    const newest = await server.connect('alice');
    expect(await oldest.next()).toEqual({ type: 'bye', code: 'replaced', message: expect.any(String) });
    expect(await oldest.closed).toEqual({ code: 1000, reason: 'Connection Closed Normally' });

    expect(await bob.request({ ...hello, targetUserId: 'alice' })).toMatchObject({ sent: 2, stale: 0 });
    for (const client of [second, newest]) expect(await client.next()).toMatchObject({ data: 'hello' });
  });

  it('[CN9] forgets a connection however it ends', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const endings = {
      'without a code': (client: TestClient) => client.close(),
      'with a code': (client: TestClient) => client.close(4000, 'bye'),
      'without a close frame': async (client: TestClient) => client.socket.terminate(),
      'by a binary frame': async (client: TestClient) => client.socket.send(Buffer.from([1])),
    };
    for (const [name, end] of Object.entries(endings)) {
      const { client: bob, connectionId } = await server.connectKnown('bob');
      expect(await alice.request(hello), name).toMatchObject({ sent: 1 });
      await end(bob);
      await server.logLine({ event: 'disconnected', connectionId });
      expect(await alice.request(hello), name).toMatchObject({ sent: 0, stale: 0 });
      expect(await alice.request({ ...hello, targetConnectionId: connectionId }), name).toMatchObject({
        code: 'target_not_found',
      });
    }
  });
});
