import { describe, expect, it } from 'vitest';
import { noTrouble } from '../harness/conditions.ts';
import { startTestServer } from '../harness/server.ts';
import type { TestClient } from '../harness/TestClient.ts';

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const exactSeqs = { trouble: noTrouble };

describe('events', () => {
  it('[EV1] announce the first connection of a user to everyone else, plain clients included', async () => {
    const server = await startTestServer({}, exactSeqs);
    const plain = await server.connect('plain');
    const { client: alice } = await server.join('alice');
    await plain.next();
    const { client: bob, welcome } = await server.join('bob', { session: 'tab' });
    const { connectionId } = welcome.self;
    const joined = {
      type: 'event',
      origin: 'server',
      from: { connectionId, userId: 'bob', userName: 'Bob', session: 'tab' },
      data: {
        eventType: 'user-joined',
        userId: 'bob',
        userName: 'Bob',
        participant: welcome.participants.find(({ userId }) => userId === 'bob'),
      },
      timestamp: isoTime,
      seq: 2,
    };
    for (const client of [plain, alice]) expect(await client.next()).toEqual(joined);
    expect(await bob.request({ action: 'ping' })).toEqual({ type: 'pong' });
  });

  it('[EV1] announce a plain client that joins', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const bob = await server.connect('bob');
    expect(await bob.request({ action: 'join' })).toMatchObject({ type: 'welcome', participantCount: 2 });
    expect(await alice.next()).toMatchObject({ data: { eventType: 'user-joined', userId: 'bob' } });
  });

  it('[EV2] announce the leaving of a person, not of a socket', async () => {
    const server = await startTestServer({}, exactSeqs);
    const { client: alice } = await server.join('alice');
    const { client: laptop } = await server.join('bob');
    const { client: phone, welcome } = await server.join('bob', { session: 'phone' });
    await laptop.close();
    const { connectionId } = welcome.self;
    expect(await read(alice, 3)).toMatchObject([
      { data: { eventType: 'user-joined' }, seq: 2 },
      { data: { eventType: 'user-updated', participant: { connections: [{}, { session: 'phone' }] } } },
      { data: { eventType: 'user-updated', participant: { connections: [{ session: 'phone' }] } } },
    ]);
    // What is yet to be sent to a closed socket would find it gone, and be the first to say so.
    expect(await read(phone, 1)).toMatchObject([{ data: { eventType: 'user-updated' } }]);
    await phone.close();
    expect(await read(alice, 1)).toMatchObject([
      {
        type: 'event',
        origin: 'server',
        from: { connectionId, userId: 'bob', userName: 'Bob', session: 'phone' },
        data: { eventType: 'user-left', userId: 'bob', userName: 'Bob', reason: 'left' },
        seq: 3,
      },
    ]);
  });

  it('[EV2] announce nothing of who was never seen', async () => {
    const server = await startTestServer({}, exactSeqs);
    const { client: alice } = await server.join('alice');
    const [plain, v1] = [await server.connect('plain'), await server.connectV1('carol')];
    await Promise.all([plain.close(), v1.close()]);
    await server.logLine({ event: 'disconnected', outcome: 'last' });
    expect(await alice.request({ action: 'history' })).toMatchObject({ type: 'history', seq: 1 });
  });

  it('[EV2] announce one leave when a client says leave, closes, and is found gone', async () => {
    const server = await startTestServer({}, exactSeqs);
    const { client: alice } = await server.join('alice');
    const { client: bob } = await server.join('bob');
    expect(await bob.request({ action: 'leave', requestId: 'l' })).toEqual({ type: 'ack', requestId: 'l' });
    await bob.close();
    await server.logLine({ event: 'disconnected', outcome: 'already-gone' });
    expect(await alice.next()).toMatchObject({ data: { eventType: 'user-joined' } });
    expect(await alice.next()).toMatchObject({ data: { eventType: 'user-left', reason: 'left' } });
    expect(await alice.request({ action: 'history' })).toMatchObject({ type: 'history', seq: 3 });
  });

  it.each([
    ['left', (client: TestClient) => client.close(1000)],
    ['left', (client: TestClient) => client.close()],
    ['connection-lost', async (client: TestClient) => client.socket.terminate()],
    ['connection-lost', (client: TestClient) => client.close(4000, 'mine')],
  ] as const)('[EV4] tell %s of the right ends', async (reason, end) => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const { client: bob } = await server.join('bob');
    await alice.next();
    await end(bob);
    expect(await alice.next()).toMatchObject({ data: { eventType: 'user-left', reason } });
  });

  it('[EV4] tell that the last connection that had joined was replaced by a plain one', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_USER: '1' });
    const { client: alice } = await server.join('alice');
    const { client: bob } = await server.join('bob');
    await server.connect('bob');
    expect(await bob.next()).toMatchObject({ type: 'bye', code: 'replaced' });
    expect(await read(alice, 2)).toMatchObject([
      { data: { eventType: 'user-joined' } },
      { data: { eventType: 'user-left', reason: 'replaced' } },
    ]);
  });

  it('[EV3][UP1] tell the whole participant after an update, and nothing when nothing changed', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const { client: bob } = await server.join('bob', { attributes: { microphone: true, hand: false } });
    expect(await bob.request({ action: 'update', attributes: { camera: true }, requestId: 'u' })).toEqual({
      type: 'ack',
      requestId: 'u',
    });
    await bob.request({ action: 'update', attributes: { camera: true } });
    await bob.request({ action: 'update', attributes: {} });
    const [joined, updated, emptied] = await read(alice, 3);
    expect(joined).toMatchObject({ data: { eventType: 'user-joined' } });
    expect(updated).toEqual({
      type: 'event',
      origin: 'server',
      from: expect.objectContaining({ userId: 'bob' }),
      data: {
        eventType: 'user-updated',
        userId: 'bob',
        userName: 'Bob',
        participant: expect.objectContaining({
          userId: 'bob',
          connections: [expect.objectContaining({ attributes: { camera: true } })],
        }),
      },
      timestamp: isoTime,
    });
    expect(emptied).toMatchObject({ data: { participant: { connections: [{ attributes: {} }] } } });
    expect(revOf(emptied)).toBeGreaterThan(revOf(updated));
    expect(revOf(updated)).toBeGreaterThan(revOf(joined));
    expect(alice.unread).toEqual([]);
  });

  it('[EV3] carry a rev that goes on growing when a user comes back', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const { client: first } = await server.join('bob');
    await first.request({ action: 'update', attributes: { n: 1 } });
    await first.request({ action: 'leave' });
    await server.join('bob');
    const [, updated, , rejoined] = await read(alice, 4);
    expect(revOf(rejoined)).toBeGreaterThanOrEqual(revOf(updated));
  });

  it('[MS9] can be imitated by nobody', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const { client: bob } = await server.join('bob');
    await alice.next();
    const forged = { eventType: 'user-left', userId: 'alice', reason: 'left' };
    await bob.request({
      action: 'sendMessage',
      meetingId: 'standup',
      messageType: 'event',
      origin: 'server',
      data: forged,
    });
    const frame = await alice.next();
    expect(frame).toMatchObject({ type: 'event', from: { userId: 'bob' }, data: forged });
    expect(frame).not.toHaveProperty('origin');
    expect(frame).not.toHaveProperty('seq');
  });

  it('[LV1] make whoever left no member any more', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const { client: bob } = await server.join('bob');
    await bob.request({ action: 'leave' });
    const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };
    for (const request of [hello, { action: 'join' }, { action: 'leave' }]) {
      expect(await bob.request(request)).toMatchObject({ code: 'not_in_meeting' });
    }
    await read(alice, 2);
    expect(await alice.request(hello)).toMatchObject({ sent: 0 });
  });
});

async function read(client: TestClient, count: number) {
  const frames = [];
  for (let n = 0; n < count; n++) frames.push(await client.next());
  return frames;
}

function revOf(frame: unknown): number {
  return (frame as { data: { participant: { rev: number } } }).data.participant.rev;
}
