import { describe, expect, it } from 'vitest';
import { actions } from '../../src/protocol/actions.ts';
import { noTrouble } from '../harness/conditions.ts';
import { startTestServer, target } from '../harness/server.ts';

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };

/** What a client may send, each of another kind. */
const kinds = new Map([
  ['a message', JSON.stringify({ ...hello, requestId: 'r' })],
  ['no JSON', 'no JSON'],
  ['no action', '{"action":"dance"}'],
]);

function* forever<Value>(values: Iterable<Value>): Iterable<Value> {
  for (;;) yield* values;
}

/** On AWS no function is asked about the one that is left out. */
const actionsCounted = actions.filter((action) => action !== 'ping' || target === 'local');

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

  it('[LM3] refuses what is over the rate, whatever it is, and says how long to wait', async () => {
    const server = await startTestServer({ RATE_LIMIT_MESSAGES_PER_SECOND: '1', RATE_LIMIT_BURST: '3' });
    // Functions take their time to start: here others wait for them.
    const warming = await server.connect('carol');
    for (const text of [...kinds.values()]) await warming.requestText(text);
    await warming.close();
    const alice = await server.connect('alice', { meetingId: 'elsewhere' });
    const bob = await server.connect('bob');
    const beganAtMs = performance.now();
    const refused = new Set<string>();
    let granted = 0;
    for (const [kind, text] of forever(kinds)) {
      const reply = await alice.requestText(text);
      if (reply.code !== 'rate_limited') granted++;
      else {
        expect(reply).toMatchObject({ status: 429, retryable: true });
        expect(reply.retryAfterMs).toBeGreaterThan(0);
        expect(reply.retryAfterMs).toBeLessThanOrEqual(1000);
        refused.add(kind);
      }
      if (refused.size === kinds.size) break;
    }
    expect(granted).toBeLessThanOrEqual(3 + (performance.now() - beganAtMs + 1) / 1000);
    expect(await bob.request(hello)).toMatchObject({ type: 'ack' });
  });

  it('[LM3] counts pings by themselves', async ({ skip }) => {
    skip(target === 'lambda', 'on AWS no function is asked, and nobody counts');
    const server = await startTestServer({ RATE_LIMIT_MESSAGES_PER_SECOND: '1', RATE_LIMIT_BURST: '3' });
    const alice = await server.connect('alice');
    let reply = await alice.request({ action: 'ping' });
    while (reply.type === 'pong') reply = await alice.request({ action: 'ping' });
    expect(reply).toMatchObject({ code: 'rate_limited' });
    expect(await alice.request(hello)).toMatchObject({ type: 'ack' });
  });

  it('[LM6] parts with whoever goes on sending although refused, whatever it sends', async () => {
    // A flood is 200 refusals within ten seconds, which trouble on the way would stretch.
    const limit = { RATE_LIMIT_MESSAGES_PER_SECOND: '1', RATE_LIMIT_BURST: '1' };
    const server = await startTestServer(limit, { trouble: noTrouble });
    const bob = await server.connect('bob');
    for (const text of [...actionsCounted.map((action) => JSON.stringify({ ...hello, action })), 'no JSON']) {
      const { client: flooder, connectionId } = await server.connectKnown('alice');
      let last = await flooder.requestText(text);
      while (last.type !== 'bye') last = await flooder.requestText(text);
      expect(last).toMatchObject({ type: 'bye', code: 'flooding', message: expect.any(String) });
      await flooder.closed;
      await server.logLine({ event: 'flooding', connectionId });
      await server.logLine({ event: 'disconnected', connectionId });
    }
    bob.forget();
    const again = await server.connect('alice');
    expect(await again.request(hello)).toMatchObject({ type: 'ack', sent: 1 });
    expect(await bob.next()).toMatchObject({ from: { userId: 'alice' } });
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
    // Whatever is answered behind them, without the store, shows that they have arrived.
    expect(await alice.request({ action: 'ping' })).toEqual({ type: 'pong' });
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
