import { describe, expect, it, onTestFinished } from 'vitest';
import type { Environment } from '../../lambda/shared/variables.ts';
import type { ConnectionId, MeetingId, UserId } from '../../src/protocol/ids.ts';
import { aConnection } from '../harness/connections.ts';
import { type LambdaBackend, startLambdaBackend } from '../harness/lambdaBackend.ts';
import { type Frame, TestClient } from '../harness/TestClient.ts';

// What the built functions do seldom: each meets a connection that ended without anybody being told, or a line that was
// never written. Run by `npm run test:lambda` alone.

const meetingId = 'standup' as MeetingId;

describe.each([
  ['the functions', {}],
  ['the queue’s worker', { QUEUE_ABOVE_RECIPIENTS: '1' }],
])('a ghost, found by %s', (_finder, queueing) => {
  it.each([
    ['join', {}, async ({ backend }: Scene) => (await connectV1(backend, 'carol')).send({ action: 'join' })],
    ['update', {}, ({ alice }: Scene) => alice.request({ action: 'update', attributes: { hand: true } })],
    ['leave', {}, ({ alice }: Scene) => alice.request({ action: 'leave' })],
    ['remove', {}, ({ bob }: Scene) => bob.request({ action: 'remove', userId: 'alice' })],
    ['lock', {}, ({ bob }: Scene) => bob.request({ action: 'lock' })],
    [
      'unlock',
      {},
      ({ bob, backend }: Scene) => lockUnheard(backend).then(() => bob.request({ action: 'unlock' })),
    ],
    ['$disconnect', {}, ({ alice }: Scene) => alice.close()],
    ['$connect', { MAX_CONNECTIONS_PER_USER: '1' }, ({ backend }: Scene) => connect(backend, 'alice')],
  ])('[EV5] leaves when %s tells the others something', async (_name, env, act) => {
    const backend = await start({ ...queueing, ...env });
    const { client: bob } = await join(backend, 'bob');
    const { client: alice } = await join(backend, 'alice');
    await plantGhost(backend);
    await act({ alice, bob, backend });
    expect(await nextAbout(bob, 'ghost')).toMatchObject({
      data: { eventType: 'user-left', reason: 'connection-lost' },
    });
  });

  it('[EV5] leaves when the schedule comes by, if nobody says anything', async () => {
    const backend = await start(queueing);
    const { client: bob } = await join(backend, 'bob');
    const carol = await connect(backend, 'carol');
    await plantGhost(backend);
    await backend.passTime();
    await nextAbout(carol, 'ghost');
    expect(await nextAbout(bob, 'ghost')).toMatchObject({
      data: { eventType: 'user-left', reason: 'connection-lost' },
    });
    expect(await bob.request({ action: 'participants' })).toMatchObject({
      participants: [{ userId: 'bob' }],
    });
  });
});

describe('a line that was never written', () => {
  it.each(['history', 'participants'])('[LG7] is a void from the moment that %s meets it', async (action) => {
    const backend = await start();
    const { client: bob } = await join(backend, 'bob');
    await backend.leaveHole(meetingId);
    await bob.request({ action });
    expect(await bob.request({ action: 'history', after: 1 })).toMatchObject({
      entries: [{ type: 'void', seq: 2 }],
    });
  });

  it.each(['history', 'participants'])('[ML3] is none where %s finds no log at all', async (action) => {
    const bob = await connect(await start(), 'bob');
    expect(await bob.request({ action })).toMatchObject({ epoch: expect.any(String), seq: 0 });
  });
});

type Scene = { readonly alice: TestClient; readonly bob: TestClient; readonly backend: LambdaBackend };

async function start(env: Environment = {}): Promise<LambdaBackend> {
  const backend = await startLambdaBackend(env, {});
  onTestFinished(() => backend.stop());
  return backend;
}

const urlOf = ({ webSocketUrl }: LambdaBackend, userId: string): string =>
  `${webSocketUrl}?${new URLSearchParams({ meetingId, userId })}`;

const connect = (backend: LambdaBackend, userId: string) => TestClient.connect(urlOf(backend, userId));

const connectV1 = (backend: LambdaBackend, userId: string) =>
  TestClient.connect(urlOf(backend, userId), { protocols: ['cloudmeetx.v1'] });

async function join(backend: LambdaBackend, userId: string): Promise<{ readonly client: TestClient }> {
  const client = await connectV1(backend, userId);
  expect(await client.request({ action: 'join' })).toMatchObject({ type: 'welcome' });
  return { client };
}

/** Somebody who joined so long ago that a sweep asks for them, and whose connection nobody knows. */
async function plantGhost({ meetings }: LambdaBackend): Promise<void> {
  const ghost = {
    connectionId: 'ghost' as ConnectionId,
    meetingId,
    userId: 'ghost' as UserId,
    userName: 'Ghost',
    connectedAtMs: Date.now() - 11 * 60_000,
    client: 'v1',
  } as const;
  const limits = { connectionsPerMeeting: 10, connectionsPerUser: 5 };
  await meetings.connect(ghost, limits);
  await meetings.join(ghost, { session: undefined, replaces: undefined, attributes: undefined, limits });
}

/** Locks the meeting without telling anybody, so that no ghost is found by that. */
const lockUnheard = ({ meetings }: LambdaBackend) =>
  meetings.setLock(aConnection({ meetingId, userId: 'bob' }), 'locked');

async function nextAbout(client: TestClient, userId: string): Promise<Frame> {
  for (;;) {
    const frame = await client.next();
    if ((frame.data as Frame | undefined)?.userId === userId) return frame;
  }
}
