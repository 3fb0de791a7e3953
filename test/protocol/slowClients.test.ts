import { describe, expect, it } from 'vitest';
import { RawClient } from '../harness/RawClient.ts';
import { startTestServer, target } from '../harness/server.ts';

const httpTimeouts = { requestMs: 2000, checkMs: 100 };
const OURS = 'on AWS the HTTP server is not ours';
const requestLine = 'GET /production?meetingId=standup HTTP/1.1\r\nHost: localhost\r\n';

/** Starts a server that waits for nobody for long. */
async function start() {
  const server = await startTestServer({}, { httpTimeouts });
  return { server, connect: () => RawClient.connect(server.webSocketUrl) };
}

describe('clients that take their time', () => {
  it('[LM7] are cut off when they say nothing, or not all of their request', async ({ skip }) => {
    skip(target === 'lambda', OURS);
    const { server, connect } = await start();
    const beginnings = ['', 'G', requestLine, `${requestLine}Connection: Upgrade\r\nUpgrade: webs`];
    const clients = await Promise.all(beginnings.map(connect));
    for (const [index, client] of clients.entries()) client.sendBytes(Buffer.from(beginnings[index] ?? ''));
    const alice = await server.connect('alice');
    expect(await alice.request({ action: 'sendMessage', meetingId: 'standup', data: 'hello' })).toMatchObject(
      {
        type: 'ack',
      },
    );
    for (const client of clients) {
      client.answer.then(
        ({ statusCode }) => expect(statusCode).toBe(408),
        () => {},
      );
      expect(await client.closed).toBeUndefined();
    }
    expect(await alice.request({ action: 'sendMessage', meetingId: 'standup', data: 'hello' })).toMatchObject(
      {
        type: 'ack',
      },
    );
  });

  it('[LM7] are cut off also while they dribble', async ({ skip }) => {
    skip(target === 'lambda', OURS);
    const { connect } = await start();
    const client = await connect();
    client.sendBytes(Buffer.from(requestLine));
    const dribbling = setInterval(() => client.sendBytes(Buffer.from('X-Slow: yes\r\n')), 10);
    try {
      expect(await client.closed).toBeUndefined();
    } finally {
      clearInterval(dribbling);
    }
  });

  it('[LM7] keep their connection once it is one', async ({ skip }) => {
    skip(target === 'lambda', OURS);
    const { server, connect } = await start();
    const alice = await server.connect('alice');
    const silent = await connect();
    // Whoever is silent is cut off after the time in which Alice would have been.
    await silent.closed;
    expect(await alice.request({ action: 'sendMessage', meetingId: 'standup', data: 'hello' })).toMatchObject(
      {
        type: 'ack',
      },
    );
  });

  it('[LM7] are told when their headers are too large', async ({ skip }) => {
    skip(target === 'lambda', OURS);
    const { server } = await start();
    const url = server.url({ meetingId: 'standup' });
    const { statusCode } = await RawClient.refused(url, { headers: { 'X-Large': 'x'.repeat(17 * 1024) } });
    expect(statusCode).toBe(431);
    const taken = await RawClient.open(url, { headers: { 'X-Large': 'x'.repeat(12 * 1024) } });
    taken.destroy();
  });
});
