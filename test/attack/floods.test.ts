import { describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../harness/server.ts';
import type { Frame, TestClient } from '../harness/TestClient.ts';

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };
const slowly = { RATE_LIMIT_MESSAGES_PER_SECOND: '1', RATE_LIMIT_BURST: '20' };

/** What is nothing: none of it may be free. */
const malformed = [
  '',
  'no JSON',
  '{',
  '[]',
  'null',
  '{}',
  '{"action":"dance"}',
  '{"action":7}',
  `"${'x'.repeat(9000)}"`,
];

/** Sends again and again until it is refused; returns what came before that. */
async function untilRefused(client: TestClient, texts: readonly string[]): Promise<readonly Frame[]> {
  const replies: Frame[] = [];
  for (let sent = 0; ; sent++) {
    const reply = await client.requestText(texts[sent % texts.length] ?? '');
    if (reply.code === 'rate_limited') {
      expect(reply).toMatchObject({ type: 'error', status: 429, retryable: true });
      expect(reply.retryAfterMs).toBeGreaterThan(0);
      return replies;
    }
    replies.push(reply);
  }
}

/** Says something from one to the other, and sees that it came and that nothing else did. */
async function expectTalk(from: TestClient, to: TestClient, data: unknown): Promise<void> {
  const targetUserId = new URL(to.socket.url).searchParams.get('userId');
  expect(await from.replyTo({ ...hello, targetUserId, data })).toMatchObject({ type: 'ack', sent: 1 });
  expect(await to.next()).toMatchObject({ data });
}

async function twoWhoTalk(server: TestServer, meetingId = 'standup') {
  return {
    bob: await server.connect('bob', { meetingId }),
    carol: await server.connect('carol', { meetingId }),
  };
}

describe('a flood', () => {
  it('[LM3] a flood from one connection is refused, with how long to wait; what was taken arrives, and nothing else', async () => {
    const server = await startTestServer(slowly);
    const { bob, carol } = await twoWhoTalk(server);
    const mallory = await server.connect('mallory');
    const texts = Array.from({ length: 1000 }, (_, data) => JSON.stringify({ ...hello, data }));
    const taken = await untilRefused(mallory, texts);
    for (const client of [bob, carol]) {
      const said: unknown[] = [];
      for (let n = 0; n < taken.length; n++) said.push((await client.next()).data);
      expect(said).toEqual(taken.map((_, index) => index));
    }
    await expectTalk(bob, carol, 'still here');
    await expectTalk(carol, bob, 'so am I');
  });

  it('[LM3] a flood from many connections is refused to each of them, and others have their rate', async () => {
    const server = await startTestServer({ ...slowly, MAX_CONNECTIONS_PER_USER: '20' });
    const { bob, carol } = await twoWhoTalk(server, 'elsewhere');
    const flooders = await Promise.all(
      Array.from({ length: 8 }, (_, n) => server.connect(n % 2 ? 'mallory' : `mallory-${n}`)),
    );
    const toNobody = JSON.stringify({ ...hello, targetUserId: 'nobody' });
    await Promise.all(flooders.map((flooder) => untilRefused(flooder, [toNobody])));
    await expectTalk(bob, carol, 'still here');
    await expectTalk(carol, bob, 'so am I');
  });

  it('[LM3][CN10] a flood of what is malformed, or before joining, is refused as well', async () => {
    const server = await startTestServer(slowly);
    const { bob, carol } = await twoWhoTalk(server);
    for (const client of [await server.connect('mallory'), await server.connectV1('eve')]) {
      const answers = await untilRefused(client, malformed);
      expect(answers.length).toBeGreaterThan(0);
      for (const answer of answers) expect(answer).toMatchObject({ type: 'error', status: 400 });
      // On a busy machine a second may have passed since, and with it a message been earned; not ten of them.
      for (let sent = 0; sent < 10; sent++) client.send({ action: 'history' });
      const more: Frame[] = [];
      while (more.length < 10) more.push(await client.next());
      expect(more).toContainEqual(expect.objectContaining({ type: 'error', code: 'rate_limited' }));
    }
    await expectTalk(bob, carol, 'still here');
  });

  it('[LM6] a flood that goes on although refused ends with a bye; it is no ban, and nobody else notices', async () => {
    const server = await startTestServer({ ...slowly, RATE_LIMIT_BURST: '5' });
    const { bob, carol } = await twoWhoTalk(server);
    const mallory = await server.connect('mallory');
    let last: Frame = {};
    while (last.type !== 'bye')
      last = await mallory.requestText(JSON.stringify({ ...hello, targetUserId: 'nobody' }));
    expect(last).toMatchObject({ type: 'bye', code: 'flooding' });
    await mallory.closed;
    await expectTalk(bob, carol, 'still here');
    const again = await server.connect('mallory');
    await expectTalk(again, carol, 'back');
  });

  it('[LM4] a flood towards who does not read ends with their connection; the others get every line of the log', async () => {
    const server = await startTestServer({ RATE_LIMIT_MESSAGES_PER_SECOND: '0' });
    const { client: alice } = await server.join('alice');
    const { client: bob } = await server.join('bob');
    const { client: deaf, connectionId } = await server.connectKnown('deaf');
    deaf.socket.pause();
    bob.forget();
    const chat = { ...hello, messageType: 'chat', data: 'x'.repeat(30_000) };
    const acked = [];
    let left: Frame | undefined;
    server.logLine({ event: 'disconnected', connectionId }).then((line) => {
      left = line;
    });
    while (!left) acked.push((await alice.replyTo(chat)).seq);
    expect(left).toMatchObject({ reason: 'connection-lost' });
    const seen = [];
    while (seen.length < acked.length) seen.push((await bob.frame(({ type }) => type === 'chat')).seq);
    expect(seen).toEqual(acked);
  });
});
