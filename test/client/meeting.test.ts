import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../src/client/index.ts';
import { CuttableSockets, listen, meet, met, nextEvent, reached, texts } from '../harness/meetingClient.ts';
import { seededRandom, seedOfRun } from '../harness/random.ts';
import { startTestServer } from '../harness/server.ts';
import { aliceClaims, secretToken, testSecret } from '../harness/tokens.ts';

const isUpwards = (chats: readonly ChatMessage[]) =>
  chats.every(({ seq }, index) => index === 0 || seq > (chats[index - 1]?.seq ?? 0));

/** Whether each speaker's chats are in the order in which they were said. */
function areInOrderOfSpeakers(chats: readonly ChatMessage[]): boolean {
  const last = new Map<number, number>();
  return chats.every(({ data }) => {
    const { speaker, times } = data as { speaker: number; times: number };
    const isLater = times > (last.get(speaker) ?? -1);
    last.set(speaker, times);
    return isLater;
  });
}

/** Lets the event loop turn so often, in which clients and servers get on. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

/** The machine may be busy: what these tests do takes a few seconds when it isn't. */
const patient = { timeout: 180_000 };

describe('two clients in a meeting', patient, () => {
  it('[SD8][SD16][SD18][SD24] see each other come, speak and go', async () => {
    const server = await startTestServer();
    const alice = await met(server.webSocketUrl, 'alice');
    const joined = nextEvent(alice, 'participantJoined');
    const bob = await met(server.webSocketUrl, 'bob', { attributes: { camera: true } });
    expect(await joined).toMatchObject({ userId: 'bob', connections: [{ attributes: { camera: true } }] });
    expect(bob.participants.map(({ userId }) => userId)).toEqual(['alice', 'bob']);

    const heard = nextEvent(bob, 'chat');
    const own = nextEvent(alice, 'chat');
    const sent = await alice.sendChat('hello');
    const told = await heard;
    expect(told).toMatchObject({ data: 'hello', own: false, seq: sent.seq, messageId: sent.messageId });
    expect(await own).toMatchObject({ data: 'hello', own: true, seq: sent.seq, from: told.from });

    const signal = nextEvent(alice, 'signal');
    expect(await bob.signal({ session: alice.session }, { sdp: 'v=0' })).toMatchObject({ sent: 1 });
    expect(await signal).toMatchObject({
      data: { sdp: 'v=0' },
      clientSeq: 1,
      from: { session: bob.session },
    });
    const note = nextEvent(bob, 'message');
    expect(await alice.broadcast('note', 1)).toMatchObject({ sent: 1, failed: 0, stale: 0 });
    expect(await note).toMatchObject({ type: 'note', data: 1 });

    const updated = nextEvent(alice, 'participantUpdated');
    await bob.update({ camera: false });
    expect(await updated).toMatchObject({ userId: 'bob', connections: [{ attributes: { camera: false } }] });
    const { entries } = await bob.history();
    expect(entries.map(({ type }) => type)).toEqual(['event', 'event', 'chat']);

    const left = nextEvent(alice, 'participantLeft');
    await bob.leave();
    expect(await left).toMatchObject({ reason: 'left', participant: { userId: 'bob' } });
  });

  it('[SD12] are refused with the server’s code', async () => {
    const server = await startTestServer();
    const alice = await met(server.webSocketUrl, 'alice');
    await expect(alice.send({ userId: 'nobody' }, 'note', 1)).rejects.toMatchObject({
      code: 'target_not_found',
      retryable: false,
    });
    await alice.sendChat('one', { requestId: 'same' });
    await expect(alice.sendChat('two', { requestId: 'same' })).rejects.toMatchObject({
      code: 'request_id_reused',
    });
    expect(await alice.sendChat('one', { requestId: 'same' })).toMatchObject({ seq: 2 });
  });

  it('[SD6] find a meeting full', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_MEETING: '1' });
    await met(server.webSocketUrl, 'alice');
    const bob = meet(server.webSocketUrl, 'bob');
    const closed = await nextEvent(bob, 'stateChange', ({ status }) => status === 'closed');
    expect(closed).toMatchObject({ reason: 'full', error: { code: 'meeting_full' } });
  });

  it('[SD5] are told when too many of their tabs take the place of the first', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_USER: '1' });
    const first = await met(server.webSocketUrl, 'alice');
    const closed = nextEvent(first, 'stateChange');
    await met(server.webSocketUrl, 'alice');
    expect(await closed).toMatchObject({ status: 'closed', reason: 'replaced' });
  });

  it('[SD5][SD6] are put out, locked out and let in by their host', async () => {
    const server = await startTestServer();
    const alice = await met(server.webSocketUrl, 'alice');
    const bob = await met(server.webSocketUrl, 'bob');
    const locked = nextEvent(bob, 'meetingLocked');
    await alice.lock();
    expect(await locked).toMatchObject({ by: { userId: 'alice' } });
    const carol = meet(server.webSocketUrl, 'carol');
    const refused = await nextEvent(carol, 'stateChange', ({ status }) => status === 'closed');
    expect(refused).toMatchObject({ reason: 'locked', error: { code: 'meeting_locked' } });
    await expect(bob.unlock()).rejects.toMatchObject({ code: 'hosts_only' });
    const unlocked = nextEvent(bob, 'meetingUnlocked');
    await alice.unlock();
    await unlocked;

    const out = nextEvent(bob, 'stateChange');
    const left = nextEvent(alice, 'participantLeft');
    await alice.remove('bob');
    expect(await out).toMatchObject({ status: 'closed', reason: 'removed' });
    expect(await left).toMatchObject({ reason: 'kicked', participant: { userId: 'bob' } });
    const again = meet(server.webSocketUrl, 'bob');
    expect(await nextEvent(again, 'stateChange', ({ status }) => status === 'closed')).toMatchObject({
      reason: 'removed',
    });
  });

  it('[SD1] show a token for each connection, and are whom it says', async () => {
    const server = await startTestServer({ AUTH_SECRET: testSecret });
    const asked: string[] = [];
    const getToken = () => {
      asked.push('token');
      return secretToken({ ...aliceClaims, role: 'host' });
    };
    const net = new CuttableSockets();
    const alice = await met(server.webSocketUrl, 'somebody', { getToken, webSocket: net.webSocket });
    expect(alice.participants).toMatchObject([{ userId: 'alice', userName: 'Alice', role: 'host' }]);
    const back = nextEvent(alice, 'welcome');
    net.sockets.at(-1)?.terminate();
    await back;
    expect(asked.length).toBeGreaterThanOrEqual(2);
  });

  it('[SD13] never flood the server, however much they are asked to send', async () => {
    const server = await startTestServer({ RATE_LIMIT_MESSAGES_PER_SECOND: '200', RATE_LIMIT_BURST: '100' });
    const alice = await met(server.webSocketUrl, 'alice');
    const bob = await met(server.webSocketUrl, 'bob');
    const seen: unknown[] = [];
    bob.on('message', ({ data }) => seen.push(data));
    const sent = await Promise.all(Array.from({ length: 150 }, (_, index) => alice.broadcast('note', index)));
    expect(sent.filter((delivery) => delivery.sent !== 1)).toEqual([]);
    while (seen.length < 150) await nextEvent(bob, 'message');
    // Functions run in parallel: what isn't logged comes in any order.
    expect(new Set(seen).size).toBe(150);
  });
});

describe('a client that loses its connection', patient, () => {
  it('[SD7][SD8] again and again sends each chat once, and sees all of them once and in order', async () => {
    const seed = seedOfRun();
    const random = seededRandom(seed);
    const server = await startTestServer();
    const nets = [new CuttableSockets(), new CuttableSockets(), new CuttableSockets()];
    const clients = await Promise.all(
      nets.map(({ webSocket }, index) =>
        met(server.webSocketUrl, `user-${index}`, { webSocket, random: random.next }),
      ),
    );
    const seen = clients.map(listen);
    const sent: Promise<{ seq: number }>[] = [];
    for (let times = 0; times < 120; times++) {
      const speaker = random.below(3);
      const chat = clients[speaker]?.sendChat({ speaker, times });
      if (chat) sent.push(chat);
      if (random.below(8) === 0) random.pick(nets).cut();
      await turns(random.below(40));
    }
    const seqs = (await Promise.all(sent)).map(({ seq }) => seq);
    const last = Math.max(...seqs);
    await Promise.all(clients.map((client, index) => reached(client, seen[index] ?? [], last)));
    expect(new Set(seqs).size, `seed ${seed}`).toBe(120);
    for (const chats of seen) {
      expect(isUpwards(chats), `seed ${seed}`).toBe(true);
      expect(texts(chats), `seed ${seed}`).toEqual(texts(seen[0] ?? []));
      expect(new Set(chats.map(({ seq }) => seq)), `seed ${seed}`).toEqual(new Set(seqs));
      expect(areInOrderOfSpeakers(chats), `seed ${seed}`).toBe(true);
    }
  });
});
