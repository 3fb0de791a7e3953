import { describe, expect, it } from 'vitest';
import { startTestServer } from '../harness/server.ts';

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };

const actions = [
  'sendMessage',
  'join',
  'update',
  'history',
  'participants',
  'leave',
  'remove',
  'lock',
  'unlock',
  'ping',
];

describe('requests', () => {
  it.each([
    '',
    'hello',
    '{"action":"sendMessage"',
    "{'action':'sendMessage'}",
    '{action:"sendMessage"}',
    'undefined',
  ])('[RQ1] answers what is no JSON (%j) with the actions there are', async (text) => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    expect(await alice.requestText(text)).toEqual({
      type: 'error',
      status: 400,
      code: 'invalid_json',
      message: `The message is not valid JSON. Actions: ${actions.join(', ')}.`,
      retryable: false,
      details: { actions },
    });
  });

  it.each(['null', '1', '"sendMessage"', 'true', '[]', '[{"action":"sendMessage"}]'])(
    '[RQ1] answers JSON that is no object (%s) with the actions there are',
    async (text) => {
      const server = await startTestServer();
      const alice = await server.connect('alice');
      expect(await alice.requestText(text)).toMatchObject({
        status: 400,
        code: 'invalid_request',
        details: { actions },
      });
    },
  );

  it.each([
    undefined,
    null,
    'dance',
    'SendMessage',
    'sendMessage ',
    '$connect',
    '$disconnect',
    '$default',
    '__proto__',
    'constructor',
    1,
    ['sendMessage'],
    { name: 'sendMessage' },
  ])('[RQ2] answers the action %j with those there are', async (action) => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const bob = await server.connect('bob');
    expect(await alice.request({ ...hello, action })).toMatchObject({
      status: 400,
      code: 'unknown_action',
      message: expect.stringContaining(`Actions: ${actions.join(', ')}.`),
      details: { actions },
    });
    expect(await bob.request(hello)).toMatchObject({ type: 'ack', sent: 1 });
    expect(bob.unread).toEqual([]);
  });

  it('[RQ2] answers an action that nests deeper than any stack', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const deep = `{"action":${'['.repeat(16_000)}${']'.repeat(16_000)}}`;
    expect(await alice.requestText(deep)).toMatchObject({ code: 'unknown_action' });
  });

  it('[RQ3] replies to every one of many requests at once, exactly once', async () => {
    const server = await startTestServer({ RATE_LIMIT_MESSAGES_PER_SECOND: '0' });
    const alice = await server.connect('alice');
    const requestIds = Array.from({ length: 300 }, (_, n) => `r${n}`);
    for (const requestId of requestIds) {
      alice.send(requestId.endsWith('7') ? { requestId } : { ...hello, requestId });
    }
    const replies = await Promise.all(requestIds.map(() => alice.next()));
    expect(new Set(replies.map((reply) => reply.requestId))).toEqual(new Set(requestIds));
    expect(replies.filter(({ type }) => type === 'error')).toHaveLength(30);
    expect(await alice.request({ ...hello, requestId: 'last' })).toMatchObject({ requestId: 'last' });
  });

  it('[RQ4] echoes the requestId in acks and errors', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    for (const requestId of ['r', '✓'.repeat(128)]) {
      expect(await alice.request({ ...hello, requestId })).toMatchObject({ type: 'ack', requestId });
      expect(await alice.request({ requestId })).toMatchObject({ code: 'unknown_action', requestId });
      expect(await alice.request({ action: 'sendMessage', requestId, data: 1 })).toMatchObject({
        code: 'missing_target',
        requestId,
      });
    }
    expect(await alice.request(hello)).not.toHaveProperty('requestId');
  });

  it.each(['', 'x'.repeat(129), 'a\u0007', 7, {}, ['r'], true])(
    '[RQ4] refuses the requestId %j',
    async (requestId) => {
      const server = await startTestServer();
      const alice = await server.connect('alice');
      const reply = await alice.request({ ...hello, requestId });
      expect(reply).toMatchObject({ code: 'invalid_request', details: { field: 'requestId' } });
      expect(reply).not.toHaveProperty('requestId');
    },
  );

  it('[RQ5] takes null for absent and ignores what it does not know', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const nothing = {
      requestId: null,
      messageType: null,
      clientSeq: null,
      targetUserId: null,
      targetConnectionId: null,
    };
    const reply = await alice.requestText(
      `{"__proto__":{"data":null},"constructor":1,"unknown":[{}],${JSON.stringify({ ...hello, ...nothing }).slice(1)}`,
    );
    expect(reply).toMatchObject({ type: 'ack' });
    expect(reply).not.toHaveProperty('requestId');
  });

  it('[RQ6] answers internal_error when the store fails, tells nothing internal, and goes on', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    server.setStore('failing');
    expect(await alice.request({ ...hello, requestId: 'r' })).toEqual({
      type: 'error',
      requestId: 'r',
      status: 500,
      code: 'internal_error',
      message: 'The server failed. Send again later.',
      retryable: true,
    });
    expect(server.logged.filter(({ level }) => level === 'error')).toHaveLength(1);
    server.setStore('working');
    expect(await alice.request(hello)).toMatchObject({ type: 'ack' });
  });
});
