import { expect, it, onTestFinished } from 'vitest';
import { encodeDelivery } from '../../src/aws/deliveryMessages.ts';
import type { MeetingClient } from '../../src/client/index.ts';
import { aConnection } from '../harness/connections.ts';
import type { LambdaBackend } from '../harness/lambdaBackend.ts';
import { startLambdaBackend } from '../harness/lambdaBackend.ts';
import { met, nextEvent } from '../harness/meetingClient.ts';
import { seededRandom, seedOfRun } from '../harness/random.ts';
import { startTestServer } from '../harness/server.ts';
import { TestClient } from '../harness/TestClient.ts';

const CLIENTS = 16;
const CHATS = 40;
const KILLS = 8;
/** No divisor of a chunk's size, so that workers die at many places of their work. */
const POSTS_BETWEEN_KILLS = 53;

/** What a client shows, as it comes. */
function watch(client: MeetingClient) {
  const chats: unknown[] = [];
  const notes: unknown[] = [];
  client.on('chat', ({ data }) => chats.push(data));
  client.on('message', ({ data }) => notes.push(data));
  return { chats, notes };
}

it('[AK5][DQ2][LG9] loses nothing, and shows nothing twice, when workers are killed in mid-batch', async () => {
  const seed = seedOfRun();
  console.log(`killing workers: SEED=${seed}`);
  const random = seededRandom(seed);
  let posts = 0;
  let kills = 0;
  const server = await startTestServer(
    { QUEUE_ABOVE_RECIPIENTS: '4', RATE_LIMIT_MESSAGES_PER_SECOND: '0' },
    {
      trouble: { gateway: {} },
      onPost(functionName) {
        if (functionName !== 'deliver') return 'pass';
        posts += 1;
        if (kills === KILLS || posts % POSTS_BETWEEN_KILLS !== 0) return 'pass';
        kills += 1;
        backend.killProcess(random, 'deliver');
        return 'cut';
      },
    },
  );
  const backend = server as unknown as LambdaBackend;
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, (_, n) => met(server.webSocketUrl, `user-${n}`)),
  );
  const shown = clients.map(watch);
  const said = Array.from({ length: CHATS }, (_, n) => `chat ${n}`);
  const [alice, ...others] = clients as [MeetingClient, ...MeetingClient[]];
  const heard = clients.map((client) => nextEvent(client, 'chat', ({ data }) => data === said.at(-1)));
  const before = posts;
  for (const chat of said) {
    await alice.sendChat(chat);
    expect(await alice.broadcast('note', chat)).toMatchObject({ queued: CLIENTS - 1 });
  }
  await Promise.all(heard);
  await expect.poll(() => backend.deliveries.size, { timeout: 60_000, interval: 100 }).toBe(0);

  expect(kills, `SEED=${seed}`).toBe(KILLS);
  // What a worker had sent before it was killed was sent again.
  expect(posts - before).toBeGreaterThan(2 * CHATS * others.length);
  expect(backend.deliveries.deadLetters).toEqual([]);
  for (const { chats } of shown) expect(chats, `SEED=${seed}`).toEqual(said);
  await expect
    .poll(() => shown.slice(1).map(({ notes }) => notes.length), { timeout: 10_000 })
    .toEqual(others.map(() => CHATS));
  for (const { notes } of shown.slice(1)) expect(notes.toSorted(), `SEED=${seed}`).toEqual(said.toSorted());
}, 180_000);

it('[LG9] closes a connection that a line could not be sent to for two minutes', async () => {
  const backend = await startLambdaBackend(
    {},
    {
      trouble: { gateway: {} },
      onPost: (name, method) => (name === 'deliver' && method === 'POST' ? 'cut' : 'pass'),
    },
  );
  onTestFinished(() => backend.stop());
  const bob = await TestClient.connect(`${backend.webSocketUrl}?meetingId=standup&userId=bob`);
  const { connectionId } = await backend.log.line({ event: 'connected', userId: 'bob' });
  const recipient = aConnection({ connectionId: String(connectionId), userId: 'bob' });
  const delivery = { recipients: [recipient], payload: { seq: 1, text: '{}' }, delays: 8 };
  backend.deliveries.send(encodeDelivery({ ...delivery, sinceMs: Date.now() - 120_000 }), 0);
  await bob.closed;
  await backend.log.line({ event: 'given up', closed: 1 });
  expect(backend.deliveries.size).toBeLessThanOrEqual(1);
}, 60_000);
