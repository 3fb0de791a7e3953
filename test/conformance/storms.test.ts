import { expect, it } from 'vitest';
import { ApiGatewaySender } from '../../src/aws/ApiGatewaySender.ts';
import { type Chaos, withChaos } from '../../src/gateway/chaos.ts';
import type { ConnectEvent } from '../../src/gateway/events.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';
import { startGateway } from '../harness/gateway.ts';
import { recorder } from '../harness/integrations.ts';
import { clockOfSignatures, connectionsApi, managementApi } from '../harness/managementApi.ts';
import { seededRandom } from '../harness/random.ts';
import { TestClient } from '../harness/TestClient.ts';

/** Our sender on AWS, with HTTP and signatures, at an API that misbehaves. Waiting takes no time. */
async function startSender(
  chaos: Omit<Chaos, 'random' | 'clock'>,
  config: { readonly timeoutMs?: number } = {},
) {
  const clock = clockOfSignatures();
  const random = seededRandom(7).next;
  const $connect = recorder<ConnectEvent>();
  const routes = { $connect: $connect.route, messages: {} };
  const api = withChaos({ routes, connectionsApi }, { ...chaos, random, clock });
  const { gateway, url } = await startGateway({ clock, ...api });
  const client = managementApi(url, { ...connectionsApi, ...config });
  const reported: unknown[] = [];
  const sender = new ApiGatewaySender({
    api: () => client,
    remainingMs: () => 10_000,
    concurrency: 16,
    sleep: async (delayMs) => clock.advance(delayMs),
    random: () => 0.99,
    report: (error) => reported.push(error),
  });
  /** Connects a client, with what it has received until now. */
  const connect = async () => {
    const socket = await TestClient.connect(url);
    const connectionId = String($connect.events.at(-1)?.requestContext.connectionId) as ConnectionId;
    const received = async () => {
      gateway.send([connectionId], 'end');
      const texts: string[] = [];
      for (let text = await socket.nextText(); text !== 'end'; text = await socket.nextText())
        texts.push(text);
      return texts;
    };
    return { connectionId, received };
  };
  return { sender, connect, reported };
}

it.for([
  ['the first three calls', { calls: 3 }],
  ['the first 300 ms', { fromMs: 0, untilMs: 300 }],
] as const)('[GX3][CS2] our sender rides through a storm of 429 on %s', async ([, meets]) => {
  const { sender, connect, reported } = await startSender({ throttleCalls: { share: 1, meets } });
  const alice = await connect();

  expect(await sender.send([alice.connectionId], 'news')).toEqual(['sent']);

  expect(await alice.received()).toEqual(['news']);
  expect(reported).toEqual([]);
});

it('[GX3][CS2] our sender tells of a storm that does not end as failed, not as gone', async () => {
  const { sender, connect, reported } = await startSender({ throttleCalls: { share: 1 } });
  const alice = await connect();

  expect(await sender.send([alice.connectionId], 'news')).toEqual(['failed']);
  expect(await sender.disconnect(alice.connectionId)).toBe('failed');

  expect(await alice.received()).toEqual([]);
  const throttled = { message: expect.stringContaining('answered with 429') };
  expect(reported).toMatchObject([throttled, throttled]);
});

it('[GX3][CS2] our sender tells of each recipient the truth when most calls are refused', async () => {
  const { sender, connect } = await startSender({ throttleCalls: { share: 0.7 } });
  const recipients = [];
  for (let n = 0; n < 60; n++) recipients.push(await connect());

  const outcomes = await sender.send(
    recipients.map(({ connectionId }) => connectionId),
    'news',
  );

  // One in four meets four refusals; that none of sixty does, or all do, happens in less than one of a million runs.
  expect(new Set(outcomes)).toEqual(new Set(['sent', 'failed']));
  const received = await Promise.all(recipients.map((recipient) => recipient.received()));
  expect(received).toEqual(outcomes.map((outcome) => (outcome === 'sent' ? ['news'] : [])));
});

it('[GX4][CS2] our sender gives up on answers that do not come, and may have posted again by then', async () => {
  const { sender, connect, reported } = await startSender({ delayAnswersMs: 600_000 }, { timeoutMs: 250 });
  const alice = await connect();

  expect(await sender.send([alice.connectionId], 'news')).toEqual(['failed']);

  const received = await alice.received();
  expect(new Set(received)).toEqual(new Set(['news']));
  expect(received.length).toBeGreaterThan(1);
  expect(reported).toMatchObject([{ cause: { message: 'no answer within 250 ms' } }]);
});
