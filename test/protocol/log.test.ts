import { describe, expect, it } from 'vitest';
import { startTestServer } from '../harness/server.ts';
import type { Frame } from '../harness/TestClient.ts';

const chat = { action: 'sendMessage', meetingId: 'standup', messageType: 'chat', data: 'hello' };
const history = { action: 'history' };
const seqsOf = (reply: Frame) => (reply.entries as Frame[]).map(({ seq }) => seq);

describe('the meeting log', () => {
  it('[LG1] holds chats to everyone, joins and leaves, and nothing else', async () => {
    const server = await startTestServer();
    const { client: alice, welcome } = await server.join('alice');
    const { client: bob } = await server.join('bob');
    for (const request of [
      { ...chat, messageType: 'signal' },
      { ...chat, messageType: 'event', data: { eventType: 'user-left' } },
      { ...chat, targetUserId: 'bob' },
      { ...chat, targetConnectionId: welcome.self.connectionId },
      { action: 'update', attributes: { hand: true } },
      { ...chat, data: 'for all' },
    ]) {
      expect(await alice.replyTo(request)).toMatchObject({ type: 'ack' });
    }
    await bob.request({ action: 'leave' });
    while ((await alice.next()).seq !== 4);
    const { entries } = await alice.request(history);
    expect(entries).toMatchObject([
      { seq: 1, data: { eventType: 'user-joined', userId: 'alice' } },
      { seq: 2, data: { eventType: 'user-joined', userId: 'bob' } },
      { seq: 3, type: 'chat', data: 'for all' },
      { seq: 4, data: { eventType: 'user-left', userId: 'bob' } },
    ]);
    expect(entries).toHaveLength(4);
  });

  it('[LG1] holds what plain clients say, too', async () => {
    const server = await startTestServer();
    const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
    expect(await alice.request(chat)).toMatchObject({ type: 'ack', seq: 1, sent: 1 });
    expect(await alice.request(chat)).toMatchObject({ type: 'ack', seq: 2, sent: 1 });
    expect(await bob.next()).toMatchObject({ seq: 1 });
    expect(await bob.next()).toMatchObject({ seq: 2 });
    expect(await bob.request(history)).toMatchObject({ seq: 2, entries: [{ seq: 1 }, { seq: 2 }] });
  });

  it('[LG2] holds the very frames that were sent live', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice', { session: 'tab' });
    const { client: bob } = await server.join('bob');
    const data = JSON.parse('{"__proto__":{"a":1},"half":"\\ud800","2":"b","1":"a","n":1e300}');
    await alice.replyTo({ ...chat, data, clientSeq: 7 });
    const live = [await alice.next(), await bob.next()];
    const { entries } = await bob.request({ ...history, after: 1 });
    expect(JSON.stringify(entries)).toBe(JSON.stringify(live));
  });

  it('[LG2] counts for each meeting by itself, without a gap, whoever talks at once', async () => {
    const server = await startTestServer();
    const clients = await Promise.all(
      ['alice', 'bob', 'carol'].flatMap((userId) => [
        server.connect(userId),
        server.connect(userId, { meetingId: 'elsewhere' }),
      ]),
    );
    const acks = await Promise.all(
      clients.flatMap((client, n) =>
        Array.from({ length: 5 }, (_, m) => {
          const meetingId = n % 2 ? 'elsewhere' : 'standup';
          client.send({ ...chat, meetingId, requestId: `r${m}` });
          return meetingId;
        }),
      ),
    );
    expect(acks).toHaveLength(30);
    const [alice, mallory] = clients;
    for (const client of [alice, mallory]) {
      const frames: Frame[] = [];
      // Five acks of its own and ten chats of the others.
      while (client && frames.length < 15) frames.push(await client.next());
      const seqs = frames.map(({ seq }) => Number(seq)).sort((a, b) => a - b);
      expect(seqs).toEqual(Array.from({ length: 15 }, (_, n) => n + 1));
    }
  });

  it('[LG3] keeps a chat that could not be logged from everyone', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const { client: bob } = await server.join('bob');
    await alice.next();
    server.setStore('failing');
    expect(await alice.request(chat)).toMatchObject({ code: 'internal_error', retryable: true });
    server.setStore('working');
    expect(await alice.request({ ...chat, data: 'second' })).toMatchObject({ seq: 3 });
    expect(await bob.next()).toMatchObject({ data: 'second', seq: 3 });
  });

  it('[LG4] takes a repeat for what it is: logged once, delivered again, acked as the first', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const { client: bob } = await server.join('bob');
    await alice.next();
    const request = { ...chat, requestId: 'once', data: { b: 1, a: [1, { c: null }] } };
    const first = await alice.request(request);
    const live = await bob.next();
    // Another tab of the same user, after a reconnect; with the members in another order.
    const { client: again } = await server.join('alice');
    await bob.next();
    const second = await again.request({ ...request, data: { a: [1, { c: null }], b: 1 } });
    expect(second).toMatchObject({
      type: 'ack',
      seq: first.seq,
      messageId: first.messageId,
      requestId: 'once',
    });
    expect(await bob.next()).toEqual(live);
    const { entries } = await bob.replyTo(history);
    expect((entries as Frame[]).filter(({ type }) => type === 'chat')).toEqual([live]);
  });

  it('[LG4] refuses another chat under the same requestId, and tells it from those of others', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const { client: bob } = await server.join('bob');
    await alice.next();
    const request = { ...chat, requestId: 'once' };
    await alice.request(request);
    expect(await alice.request({ ...request, data: 'another' })).toMatchObject({
      type: 'error',
      status: 409,
      code: 'request_id_reused',
      retryable: false,
      requestId: 'once',
    });
    await bob.next();
    const his = await bob.replyTo({ ...request, data: 'another' });
    expect(his).toMatchObject({ type: 'ack', seq: expect.any(Number) });
    const elsewhere = await server.connect('alice', { meetingId: 'elsewhere' });
    expect(await elsewhere.request({ ...request, meetingId: 'elsewhere', data: 'another' })).toMatchObject({
      seq: expect.any(Number),
    });
    expect(await alice.next()).toMatchObject({ data: 'another', seq: his.seq });
    for (const messageType of ['signal', 'message']) {
      expect(await alice.request({ ...request, messageType })).toMatchObject({ type: 'ack' });
    }
  });

  it('[LG5] refuses a chat of more than 64 KB, and takes others of that size', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const half = 'x'.repeat(16_000);
    // A browser's frames end at 32 KB; lone surrogates need six bytes each as JSON.
    const data = `${half}${'\u0000'.repeat(8400)}`;
    const text = JSON.stringify({ ...chat, data });
    expect(Buffer.byteLength(text)).toBeGreaterThan(65_000);
    alice.sendFragments(text, 30_000);
    const reply = await alice.next();
    expect(reply).toMatchObject({ type: 'error', status: 413, code: 'message_too_large' });
    alice.sendFragments(JSON.stringify({ ...chat, messageType: 'signal', data }), 30_000);
    expect(await alice.next()).toMatchObject({ type: 'ack' });
    expect(await alice.request(history)).toMatchObject({ seq: 1 });
  });

  it('[LG6] is read forwards, backwards, and from its end', async () => {
    const server = await startTestServer();
    const { client: alice, welcome } = await server.join('alice');
    for (let n = 2; n <= 6; n++) await alice.request({ ...chat, data: n });
    const page = async (request: object) => {
      const reply = await alice.request({ ...history, requestId: 'h', ...request });
      expect(reply).toMatchObject({ type: 'history', requestId: 'h', epoch: welcome.log.epoch, seq: 6 });
      return [seqsOf(reply), reply.more];
    };
    expect(await page({})).toEqual([[1, 2, 3, 4, 5, 6], false]);
    expect(await page({ limit: 2 })).toEqual([[5, 6], true]);
    expect(await page({ after: 0, limit: 2 })).toEqual([[1, 2], true]);
    expect(await page({ after: 4 })).toEqual([[5, 6], false]);
    expect(await page({ after: 4, limit: 2 })).toEqual([[5, 6], false]);
    expect(await page({ after: 6 })).toEqual([[], false]);
    expect(await page({ after: 60 })).toEqual([[], false]);
    expect(await page({ before: 3 })).toEqual([[1, 2], false]);
    expect(await page({ before: 5, limit: 3 })).toEqual([[2, 3, 4], true]);
    expect(await page({ before: 1 })).toEqual([[], false]);
    expect(await page({ before: 0 })).toEqual([[], false]);
  });

  it.each([
    ['after', { after: -1 }],
    ['after', { after: '1' }],
    ['before', { before: 1.5 }],
    ['before', { before: 5, after: 1 }],
    ['limit', { limit: 0 }],
    ['limit', { limit: 301 }],
  ])('[JN3] refuses a history with a wrong %s (%j)', async (field, request) => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    expect(await alice.request({ ...history, ...request })).toMatchObject({
      code: 'invalid_request',
      details: { field },
    });
  });

  it('[LG6] is read in pages that a frame can hold, one line at least', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    for (let n = 0; n < 5; n++) await alice.request({ ...chat, data: 'x'.repeat(20_000) });
    const forwards = await alice.request({ ...history, after: 0 });
    expect([seqsOf(forwards), forwards.more]).toEqual([[1, 2, 3, 4], true]);
    const backwards = await alice.request(history);
    expect([seqsOf(backwards), backwards.more]).toEqual([[4, 5, 6], true]);
  });

  it("[LG6] is nobody else's to read", async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    await alice.request({ ...chat, data: 'secret' });
    const { client: mallory } = await server.join('mallory', {}, { meetingId: 'elsewhere' });
    const reply = await mallory.request({ ...history, meetingId: 'standup', after: 0 });
    expect(reply).toMatchObject({ seq: 1, entries: [{ data: { userId: 'mallory' } }] });
  });
});
