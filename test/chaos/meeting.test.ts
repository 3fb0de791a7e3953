import { describe, expect, it } from 'vitest';
import type { MeetingId } from '../../src/protocol/ids.ts';
import { type Trouble, usualTrouble } from '../harness/conditions.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';
import type { Frame, TestClient } from '../harness/TestClient.ts';

// What the rules promise whatever API Gateway and DynamoDB are up to. Run by `npm run test:lambda` alone.

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };
const standup = { kind: 'meeting', meetingId: 'standup' as MeetingId } as const;

const ended = (server: TestServer) => server.logged.filter(({ event }) => event === 'disconnected');

describe('under chaos', () => {
  it('[CN9][TG8] a member whose $disconnect is lost goes with the first message that misses it', async () => {
    const trouble: Trouble = { ...usualTrouble, gateway: { ...usualTrouble?.gateway, loseDisconnect: 1 } };
    // None may still be opening.
    const server = await startTestServer({}, { trouble, connectedEarlierMs: 31_000 });
    const alice = await server.connect('alice');
    const carol = await server.connect('carol');
    const ghosts = [await server.connect('bob'), await server.connect('bob'), await server.connect('dave')];
    for (const ghost of ghosts) ghost.socket.terminate();
    await Promise.all(ghosts.map(({ closed }) => closed));

    const first = await alice.request(hello);
    expect(first).toMatchObject({ type: 'ack', sent: 1, failed: 0, stale: 3 });
    expect(await alice.request(hello)).toMatchObject({ type: 'ack', sent: 1, failed: 0, stale: 0 });
    expect(await alice.request({ ...hello, targetUserId: 'bob' })).toMatchObject({
      code: 'target_not_found',
    });
    for (let n = 0; n < 2; n++) expect(await carol.next()).toMatchObject({ data: 'hello' });
    expect(await usersIn(server)).toEqual(['alice', 'carol']);
    expect(ended(server)).toEqual([]);
  });

  it('[CN9] a $disconnect that comes twice and late ends the connection once', async () => {
    const gateway = { doubleDisconnect: 1, delayDisconnectMs: 200 };
    const server = await startTestServer({}, { trouble: { ...usualTrouble, gateway } });
    const stayer = await server.connect('stayer');
    const leavers: string[] = [];
    for (const userId of ['alice', 'alice', 'bob', 'carol']) {
      const { client, connectionId } = await server.connectKnown(userId);
      leavers.push(connectionId);
      await client.close();
    }
    for (const connectionId of leavers) {
      const told = (outcome: string) => server.logLine({ event: 'disconnected', connectionId, outcome });
      // Whoever comes second may be answered first.
      await Promise.all([told('already-gone'), Promise.race([told('last'), told('remaining')])]);
      const outcomes = ended(server).filter((line) => line.connectionId === connectionId);
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
        'already-gone',
        expect.stringMatching(/^(last|remaining)$/),
      ]);
    }
    expect(await stayer.request(hello)).toMatchObject({ sent: 0, failed: 0, stale: 0 });
    expect(await usersIn(server)).toEqual(['stayer']);
  });

  it('[RQ3][TG3] who stays is answered once and hears everything once, while others come and go', async () => {
    const server = await startTestServer();
    const stayers = [
      await server.connectKnown('alice'),
      await server.connectKnown('bob'),
      await server.connectKnown('carol'),
    ];
    const visits = Promise.all(
      Array.from({ length: 6 }, (_, n) => visit(server, `visitor-${n}`, n % 2 === 0 ? 'close' : 'vanish')),
    );
    for (const [who, { client }] of stayers.entries()) {
      for (const data of chatsOf(who)) client.send({ ...hello, messageType: 'chat', data, requestId: data });
    }
    const visitorIds = await visits;

    for (const [who, { client }] of stayers.entries()) {
      const frames = await take(client, 12 * stayers.length);
      const acked = frames.filter(({ type }) => type === 'ack').map(({ requestId }) => requestId);
      expect(acked.sort()).toEqual([...chatsOf(who)].sort());
      const heard = frames.filter(({ type }) => type === 'chat').map(({ data }) => data);
      expect(heard.sort()).toEqual(chatsOfOthers(who, stayers.length));
    }
    for (const { client } of stayers) {
      expect(client.unread).toEqual([]);
      await client.close();
    }
    for (const connectionId of [...visitorIds, ...stayers.map((stayer) => stayer.connectionId)]) {
      await server.logLine({ event: 'disconnected', connectionId });
    }
    expect(await usersIn(server)).toEqual([]);
  });

  it('[CN4][CN8][TG2][CN9] a store whose every first try fails is noticed by nobody', async () => {
    const trouble: Trouble = { gateway: {}, store: { delayMs: 5, failing: 1 } };
    const server = await startTestServer({ MAX_CONNECTIONS_PER_USER: '1' }, { trouble });
    const alice = await server.connect('alice');
    const oldest = await server.connect('bob');
    const { client: bob, connectionId } = await server.connectKnown('bob');
    expect(await oldest.next()).toMatchObject({ type: 'bye', code: 'replaced' });
    expect(await alice.request({ ...hello, targetUserId: 'bob' })).toMatchObject({
      sent: 1,
      failed: 0,
      stale: 0,
    });
    expect(await bob.next()).toMatchObject({ data: 'hello' });
    await bob.close();
    expect(await server.logLine({ event: 'disconnected', connectionId })).toMatchObject({ outcome: 'last' });
    expect(await usersIn(server)).toEqual(['alice']);

    const faults = server.logged.filter(({ event }) => event === 'store fault');
    // Three connects, a message, and the ends of two connections: of each at least one try failed.
    expect(faults.length).toBeGreaterThanOrEqual(6);
    expect(server.logged).not.toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  it('[CN4] a store that never answers a first try costs time, and no connection', async () => {
    const trouble: Trouble = { gateway: {}, store: { delayMs: 0, failing: 1, by: 'silence' } };
    const server = await startTestServer({}, { trouble });
    await server.connect('alice');
    expect(await usersIn(server)).toEqual(['alice']);
    // One for each call that connecting makes, and more on a machine so busy that a repeat is late as well.
    const faults = server.logged.filter(({ event }) => event === 'store fault');
    expect(faults.length).toBeGreaterThanOrEqual(2);
  });
});

/** What one of the stayers sends. */
const chatsOf = (who: number): readonly string[] => Array.from({ length: 12 }, (_, n) => `${who}: ${n}`);

const chatsOfOthers = (who: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, other) => (other === who ? [] : chatsOf(other)))
    .flat()
    .sort();

/** Connects and leaves at once, with a close frame or without; returns the connectionId. */
async function visit(server: TestServer, userId: string, end: 'close' | 'vanish'): Promise<string> {
  const { client, connectionId } = await server.connectKnown(userId);
  if (end === 'close') await client.close();
  else client.socket.terminate();
  return connectionId;
}

const usersIn = async (server: TestServer): Promise<readonly string[]> =>
  (await server.meetings.recipients(standup)).map(({ userId }) => userId).sort();

async function take(client: TestClient, count: number): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  while (frames.length < count) frames.push(await client.next());
  return frames;
}
