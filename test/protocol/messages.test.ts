import { describe, expect, it } from 'vitest';
import { startTestServer } from '../harness/server.ts';

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };

async function startPair() {
  const server = await startTestServer({ RATE_LIMIT_MESSAGES_PER_SECOND: '0' });
  const { client: alice, connectionId } = await server.connectKnown('alice');
  const bob = await server.connect('bob');
  return { server, alice, bob, aliceConnectionId: connectionId };
}

describe('messages', () => {
  it('[MS1] carry the fixed shape, in the words of the server', async () => {
    const { alice, bob, aliceConnectionId } = await startPair();
    const beforeMs = Date.now();
    const forged = {
      from: { userId: 'bob' },
      timestamp: '1970',
      messageId: 'mine',
      origin: 'server',
      seq: 1,
      to: 'x',
    };
    const ack = await alice.request({ ...hello, ...forged, type: 'bye', messageType: 'chat' });
    const message = await bob.next();
    expect(message).toEqual({
      type: 'chat',
      from: { connectionId: aliceConnectionId, userId: 'alice', userName: 'Alice' },
      data: 'hello',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      messageId: ack.messageId,
      seq: ack.seq,
    });
    expect(Date.parse(String(message.timestamp))).toBeGreaterThanOrEqual(beforeMs);
    expect(Date.parse(String(message.timestamp))).toBeLessThanOrEqual(Date.now());
  });

  it('[MS1] have a messageId of their own each', async () => {
    const { alice } = await startPair();
    const acks = [await alice.request(hello), await alice.request(hello)];
    expect(acks[0]?.messageId).not.toBe(acks[1]?.messageId);
  });

  it('[MS2] take any well-formed messageType, "message" by default', async () => {
    const { alice, bob } = await startPair();
    for (const messageType of [
      'chat',
      'offer',
      'screen-share',
      'a',
      'X.y_z:1-2',
      'm'.repeat(64),
      'Ack',
      'errors',
    ]) {
      alice.send({ ...hello, messageType });
      expect(await bob.next()).toMatchObject({ type: messageType });
    }
    alice.send(hello);
    expect(await bob.next()).toMatchObject({ type: 'message' });
  });

  it('[MS3] refuse the names of server frames and malformed types', async () => {
    const { alice, bob } = await startPair();
    const reserved = ['ack', 'error', 'welcome', 'pong', 'history', 'participants', 'bye', 'void'];
    const malformed = ['', '1st', '-a', 'a b', 'é', 'm'.repeat(65), 'chat\n', 7, ['chat'], {}, true];
    for (const messageType of [...reserved, ...malformed]) {
      expect(await alice.request({ ...hello, messageType }), String(messageType)).toMatchObject({
        status: 400,
        code: 'invalid_message_type',
        details: { field: 'messageType' },
      });
    }
    expect(await bob.request(hello)).toMatchObject({ type: 'ack' });
    expect(bob.unread).toEqual([]);
  });

  it('[MS4] need data', async () => {
    const { alice } = await startPair();
    for (const data of [undefined, null]) {
      expect(await alice.request({ ...hello, data })).toMatchObject({
        status: 400,
        code: 'missing_data',
        message: 'Put what you send into data: any JSON value but null.',
        details: { field: 'data' },
      });
    }
  });

  it.each(['1e400', '-1e400', '[{"a":[1e309]}]'])(
    '[MS4] refuse %s, which would arrive as null',
    async (data) => {
      const { alice } = await startPair();
      const request = `{"action":"sendMessage","meetingId":"standup","data":${data}}`;
      expect(await alice.requestText(request)).toMatchObject({
        code: 'invalid_request',
        details: { field: 'data' },
      });
    },
  );

  it.each(['[', '{"a":'])('[MS4] refuse data nested more than 128 deep in %s', async (open) => {
    const { alice, bob } = await startPair();
    const close = open === '[' ? ']' : '}';
    const nested = (depth: number) =>
      `{"action":"sendMessage","meetingId":"standup","data":${open.repeat(depth)}1${close.repeat(depth)}}`;
    for (const depth of [129, 5000]) {
      expect(await alice.requestText(nested(depth))).toMatchObject({
        code: 'invalid_request',
        details: { field: 'data' },
      });
    }
    expect(await alice.requestText(nested(128))).toMatchObject({ type: 'ack', sent: 1 });
    expect(await bob.next()).toMatchObject({ type: 'message' });
  });

  it.each([
    'false',
    '0',
    '""',
    '[]',
    '{}',
    '"\\ud800"',
    '{"__proto__":{"a":1},"constructor":{"prototype":2}}',
    '[null]',
  ])('[MS5] carry the data %s as it was sent', async (data) => {
    const { alice, bob } = await startPair();
    alice.sendText(`{"action":"sendMessage","meetingId":"standup","data":${data}}`);
    expect(await bob.nextText()).toContain(`"data":${data},"timestamp"`);
  });

  it('[MS6] carry clientSeq untouched', async () => {
    const { alice, bob } = await startPair();
    for (const clientSeq of [0, 1, Number.MAX_SAFE_INTEGER]) {
      expect(await alice.request({ ...hello, clientSeq })).toMatchObject({ type: 'ack' });
      expect(await bob.next()).toMatchObject({ clientSeq });
    }
  });

  it.each([-1, 1.5, 2 ** 53, '1', [1], true])('[MS6] refuse the clientSeq %j', async (clientSeq) => {
    const { alice } = await startPair();
    expect(await alice.request({ ...hello, clientSeq })).toMatchObject({
      code: 'invalid_request',
      details: { field: 'clientSeq' },
    });
  });

  it('[MS7] say whom they were addressed to, unless it is everyone', async () => {
    const { server, alice } = await startPair();
    const { client: carol, connectionId } = await server.connectKnown('carol');
    alice.send({ ...hello, targetUserId: 'carol' });
    expect(await carol.next()).toMatchObject({ to: { userId: 'carol' } });
    alice.send({ ...hello, targetConnectionId: connectionId });
    expect(await carol.next()).toMatchObject({ to: { connectionId } });
    alice.send(hello);
    expect(await carol.next()).not.toHaveProperty('to');
  });

  it('[MS8] are refused when the envelope makes them larger than 131,072 bytes', async () => {
    const { alice, bob } = await startPair();
    const sendInFragments = (text: string) => {
      for (let start = 0; start < text.length; start += 30_000) {
        alice.socket.send(text.slice(start, start + 30_000), {
          fin: start + 30_000 >= text.length,
          binary: false,
        });
      }
    };
    const request = (dataLength: number) => JSON.stringify({ ...hello, data: 'x'.repeat(dataLength) });
    const envelope = request(0).length;
    sendInFragments(request(131_072 - envelope));
    expect(await alice.next()).toMatchObject({ status: 413, code: 'message_too_large' });
    sendInFragments(request(130_000));
    expect(await alice.next()).toMatchObject({ type: 'ack', sent: 1 });
    expect(await bob.next()).toMatchObject({ data: 'x'.repeat(130_000) });
  });

  it('[MS9] may be events, but never with an origin', async () => {
    const { alice, bob } = await startPair();
    alice.send({
      ...hello,
      messageType: 'event',
      origin: 'server',
      data: { eventType: 'user-left', userId: 'bob' },
    });
    const event = await bob.next();
    expect(event).toMatchObject({
      type: 'event',
      from: { userId: 'alice' },
      data: { eventType: 'user-left' },
    });
    expect(event).not.toHaveProperty('origin');
  });
});
