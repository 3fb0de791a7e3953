import { describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../harness/server.ts';
import type { TestClient } from '../harness/TestClient.ts';

const connectAll = (server: TestServer, userIds: readonly string[]) =>
  Promise.all(userIds.map((userId) => server.connect(userId)));
const say = (client: TestClient, message: object) =>
  client.request({ action: 'sendMessage', meetingId: 'standup', ...message });

describe('a message for many', () => {
  it('[AK5] is acked with how many it is for, and reaches all of them', async () => {
    const server = await startTestServer({ QUEUE_ABOVE_RECIPIENTS: '2' });
    const [alice, ...others] = await connectAll(server, ['alice', 'bob', 'carol', 'dave']);
    const ack = await say(alice as TestClient, { data: 'hello', requestId: 'r' });
    expect(ack).toEqual({ type: 'ack', requestId: 'r', messageId: expect.any(String), queued: 3 });
    for (const client of others) {
      expect(await client.next()).toMatchObject({ data: 'hello', messageId: ack.messageId });
    }
  });

  it('[AK5][ML1] has its seq as any other if it is logged', async () => {
    const server = await startTestServer({ QUEUE_ABOVE_RECIPIENTS: '1' });
    const [alice, bob] = await connectAll(server, ['alice', 'bob', 'carol']);
    const chat = { messageType: 'chat', data: 'hello' };
    expect(await say(alice as TestClient, chat)).toMatchObject({ seq: 1, queued: 2 });
    expect(await bob?.next()).toMatchObject({ type: 'chat', seq: 1 });
  });

  it('[AK5] is what more people than the limit get, and no fewer', async () => {
    const server = await startTestServer({ QUEUE_ABOVE_RECIPIENTS: '2' });
    const [alice, bob] = await connectAll(server, ['alice', 'bob', 'carol']);
    expect(await say(alice as TestClient, { data: 1 })).toMatchObject({ sent: 2, failed: 0, stale: 0 });
    expect(await bob?.next()).toMatchObject({ data: 1 });
  });

  it('[AK5][EV1] is an announcement, too', async () => {
    const server = await startTestServer({ QUEUE_ABOVE_RECIPIENTS: '1' });
    const others = await connectAll(server, ['alice', 'bob']);
    await server.join('carol');
    for (const client of others) {
      expect(await client.next()).toMatchObject({ data: { eventType: 'user-joined', userId: 'carol' } });
    }
  });
});
