import { describe, expect, it } from 'vitest';
import { noTrouble } from '../harness/conditions.ts';
import { startTestServer, target } from '../harness/server.ts';

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };

describe('limits', () => {
  it('[LM1] closes with 1003 on a binary frame, and nobody else notices', async () => {
    const server = await startTestServer();
    const { client: alice, connectionId } = await server.connectKnown('alice');
    const bob = await server.connect('bob');
    alice.socket.send(Buffer.from(JSON.stringify(hello)));
    expect(await alice.closed).toMatchObject({ code: 1003 });
    await server.logLine({ event: 'disconnected', connectionId });
    expect(await bob.request(hello)).toMatchObject({ type: 'ack', sent: 0 });
    expect(bob.unread).toEqual([]);
  });

  it('[LM2] closes with 1009 on a frame of 33 KB, and takes one of 32', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const envelope = JSON.stringify({ ...hello, data: '' }).length;
    const frame = (bytes: number) => JSON.stringify({ ...hello, data: 'x'.repeat(bytes - envelope) });
    expect(await alice.requestText(frame(32_768))).toMatchObject({ type: 'ack' });
    alice.sendText(frame(33_792));
    expect(await alice.closed).toMatchObject({ code: 1009 });
  });

  it('[LM2] closes with 1009 on a message of 129 KB, however small its frames', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    for (let n = 1; n <= 129; n++) alice.socket.send('x'.repeat(1024), { fin: n === 129, binary: false });
    expect(await alice.closed).toMatchObject({ code: 1009 });
  });

  it('[LM3] refuses what is over the rate, whatever it is, and says how long to wait', async ({ skip }) => {
    skip(target === 'lambda', 'functions have no rate limit yet: tokens leased from a table come later');
    const server = await startTestServer({ RATE_LIMIT_MESSAGES_PER_SECOND: '1', RATE_LIMIT_BURST: '3' });
    const alice = await server.connect('alice');
    const bob = await server.connect('bob');
    for (const text of [JSON.stringify(hello), 'no JSON', '{"action":"dance"}']) {
      expect(await alice.requestText(text)).not.toMatchObject({ code: 'rate_limited' });
    }
    for (const text of [JSON.stringify({ ...hello, requestId: 'r' }), 'no JSON', '{"action":"dance"}']) {
      const refusal = await alice.requestText(text);
      expect(refusal).toMatchObject({ status: 429, code: 'rate_limited', retryable: true });
      expect(refusal.retryAfterMs).toBeGreaterThan(0);
      expect(refusal.retryAfterMs).toBeLessThanOrEqual(1000);
    }
    expect(await bob.next()).toMatchObject({ data: 'hello' });
    expect(await bob.request(hello)).toMatchObject({ type: 'ack' });
    expect(bob.unread).toEqual([]);
  });

  it('[LM4] cuts off who does not read, and nobody else notices', async () => {
    const server = await startTestServer({ RATE_LIMIT_MESSAGES_PER_SECOND: '0' });
    const alice = await server.connect('alice');
    const { client: deaf, connectionId } = await server.connectKnown('deaf');
    const bob = await server.connect('bob');
    deaf.socket.pause();
    const data = 'x'.repeat(30_000);
    let ack = await alice.request({ ...hello, data });
    while (ack.failed === 0) {
      expect(await bob.next()).toMatchObject({ data });
      ack = await alice.request({ ...hello, data });
    }
    expect(ack).toMatchObject({ sent: 1, failed: 1 });
    await server.logLine({ event: 'disconnected', connectionId, reason: 'connection-lost' });
    expect(await alice.request(hello)).toMatchObject({ sent: 1, failed: 0, stale: 0 });
  });

  it('[LM4] cuts off who does not answer at all', async () => {
    const server = await startTestServer({}, { pingIntervalMs: 200 });
    const alice = await server.connect('alice');
    const frozen = await server.connect('frozen', {}, { autoPong: false });
    expect(await frozen.closed).toEqual({ code: 1006, reason: '' });
    await server.logLine({ event: 'disconnected', reason: 'connection-lost' });
    expect(await alice.request(hello)).toMatchObject({ type: 'ack', sent: 0 });
  });

  it('[LM5] acks what it is handling when the server is told to stop, and then closes', async () => {
    // A stop waits two seconds for handlers, and one for $disconnect.
    const server = await startTestServer({}, { trouble: noTrouble });
    const alice = await server.connect('alice');
    const bob = await server.connect('bob');
    server.setStore('stalled');
    alice.send(hello);
    alice.send({ ...hello, data: 'and again' });
    // Whatever is answered behind them shows that they have arrived.
    expect(await alice.request({ action: 'dance' })).toMatchObject({ code: 'unknown_action' });
    const stopped = server.stop();
    server.setStore('working');
    expect(await alice.next()).toMatchObject({ type: 'ack', sent: 1 });
    expect(await alice.next()).toMatchObject({ type: 'ack', sent: 1 });
    expect(await alice.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect([(await bob.next()).data, (await bob.next()).data].sort()).toEqual(['and again', 'hello']);
    await stopped;
  });

  it('[LM5] closes with 1001 when the server stops, after every message was acked', async () => {
    const server = await startTestServer({}, { trouble: noTrouble });
    const { client: alice, connectionId } = await server.connectKnown('alice');
    const bob = await server.connect('bob');
    expect(await alice.request(hello)).toMatchObject({ type: 'ack', sent: 1 });
    await server.stop();
    expect(await alice.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(await bob.next()).toMatchObject({ data: 'hello' });
    expect(await server.logLine({ event: 'disconnected', connectionId })).toMatchObject({
      reason: 'expired',
    });
  });
});
