import { setImmediate as nextTick } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDeliver } from '../../lambda/deliver/deliver.ts';
import { GatewaySender } from '../../local/GatewaySender.ts';
import { meetingRoutes } from '../../local/gateway.ts';
import { EmbeddedDeliveryQueue } from '../../src/embedded/EmbeddedDeliveryQueue.ts';
import type { SendOutcome } from '../../src/meeting/ports.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';
import { testBackend } from '../harness/backend.ts';
import { startGateway } from '../harness/gateway.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { ResumingClient } from '../harness/ResumingClient.ts';
import type { Frame } from '../harness/TestClient.ts';

/** A sender that can't reach everyone, and does not know why. */
class UnreliableSender extends GatewaySender {
  readonly unreachable = new Set<string>();

  override async send(connectionIds: readonly ConnectionId[], payload: string) {
    const reached = connectionIds.filter((connectionId) => !this.unreachable.has(connectionId));
    const outcomes = (await super.send(reached, payload)).values();
    return connectionIds.map((connectionId): SendOutcome => {
      if (this.unreachable.has(connectionId)) return 'failed';
      return outcomes.next().value ?? 'failed';
    });
  }
}

/** A meeting on a clock that the test moves. */
async function startMeeting() {
  const clock = new ManualClock();
  const connections = new UnreliableSender(() => started.gateway);
  const deliveryQueue = new EmbeddedDeliveryQueue({
    worker: (delivery) => createDeliver(backend)(delivery),
    disconnect: (connectionId) => connections.disconnect(connectionId),
    after: (delayMs, callback) => clock.after(delayMs, callback),
  });
  const { backend } = testBackend({ connections, deliveryQueue, now: () => clock.now() });
  const started = await startGateway({ routes: meetingRoutes(backend, backend.rateLimit) });
  /** Lets time pass, and what is due do its work. */
  const pass = async (ms: number) => {
    for (let passedMs = 0; passedMs < ms; passedMs += 100) {
      clock.advance(100);
      await nextTick();
    }
  };
  return { url: started.url, unreachable: connections.unreachable, pass };
}

async function enter(url: string, userId: string, onFrame: (frame: Frame) => void = () => {}) {
  const client = new ResumingClient({
    url: `${url}?meetingId=standup&userId=${userId}`,
    ...{ meetingId: 'standup', session: userId, random: Math.random, onFrame },
  });
  onTestFinished(() => client.end('cut'));
  await client.settled();
  return client;
}

/** bob has listened all the time, alice has spoken her last, and bob's live frame has failed. */
async function speakToTheUnreachable() {
  const meeting = await startMeeting();
  let hear = (_frame: Frame) => {};
  const bob = await enter(meeting.url, 'bob', (frame) => hear(frame));
  const [first] = bob.welcomes;
  const alice = await enter(meeting.url, 'alice');
  meeting.unreachable.add(String(first?.welcome.self.connectionId));
  alice.say('the last words');
  await alice.settled();
  expect(bob.shown.map(({ data }) => data)).not.toContain('the last words');
  /** Resolves with the next frame of this type. */
  const next = (type: string) =>
    new Promise<Frame>((resolve) => {
      hear = (frame) => frame.type === type && resolve(frame);
    });
  return { ...meeting, bob, next };
}

const chatsOf = (client: ResumingClient) => client.shown.filter(({ type }) => type === 'chat');

describe('who only listens', () => {
  it('[LG9][DQ1] gets the last chat when its live frame failed for a while', async () => {
    const { bob, next, unreachable, pass } = await speakToTheUnreachable();
    await pass(30_000);
    const heard = next('chat');
    unreachable.clear();
    await pass(10_000);
    await heard;
    expect(chatsOf(bob)).toMatchObject([{ data: 'the last words', seq: 3 }]);
    expect(bob.counts).toMatchObject({ connects: 1, histories: 1 });
  });

  it('[LG9][DQ2][JN5] is closed after two minutes of failing, comes back and finds it', async () => {
    const { bob, next, pass } = await speakToTheUnreachable();
    const welcomed = next('welcome');
    await pass(119_900);
    expect(bob.counts.connects).toBe(1);
    await pass(100);
    expect(await welcomed).toMatchObject({ log: { recovered: true } });
    expect(chatsOf(bob)).toMatchObject([{ data: 'the last words', seq: 3 }]);
    expect(bob.counts).toMatchObject({ connects: 2, histories: 1 });
  });
});
