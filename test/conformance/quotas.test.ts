import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { expect, it } from 'vitest';
import type { MessageEvent } from '../../src/gateway/events.ts';
import { echo, recorder } from '../harness/integrations.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import {
  clockOfSignatures,
  connectionsApi,
  failure,
  managementClient,
  nobody,
} from '../harness/managementApi.ts';
import { RawClient } from '../harness/RawClient.ts';
import { encodeFrame } from '../harness/rawFrames.ts';
import { startRecordingGateway } from '../harness/recordingGateway.ts';

const BURST = 5000;

/** So many messages to a route that answers nothing. */
const quietMessages = (count: number) =>
  Buffer.concat(Array.from({ length: count }, () => encodeFrame({ payload: '{"action":"quiet"}' })));

async function start(quotas?: 'aws' | 'off') {
  const clock = new ManualClock();
  const quiet = recorder<MessageEvent>();
  const messages = { quiet: quiet.route, $default: echo };
  const gateway = await startRecordingGateway({ clock, messages, ...(quotas && { quotas }) });
  return { ...gateway, clock, quiet };
}

it('[GL5] refuses connects beyond 500 a second with 429, with quotas on', async () => {
  const { url, clock, $connect } = await start('aws');
  const attempt = async () => {
    const client = await RawClient.connect(url);
    client.sendUpgrade();
    return (await client.answer).statusCode;
  };

  const first = await Promise.all(Array.from({ length: 500 }, attempt));
  expect(new Set(first)).toEqual(new Set([101]));
  expect(await attempt()).toBe(429);
  expect($connect.events).toHaveLength(500);

  clock.advance(2);
  expect([await attempt(), await attempt()]).toEqual([101, 429]);
});

it('[GL6] answers messages beyond the quota to the byte, with quotas on, and stays', async () => {
  const { url, clock, $connect, quiet } = await start('aws');
  const client = await RawClient.open(url);
  const { connectionId } = (await $connect.next()).requestContext;

  client.sendBytes(quietMessages(BURST));
  client.sendFrame({ payload: 'one too many' });
  const refusal = new RegExp(
    `^{"message": "Too Many Requests", "connectionId":"${connectionId}", "requestId":"[\\w-]{15}="}$`,
  );
  expect(await client.nextText()).toMatch(refusal);
  expect(quiet.events).toHaveLength(BURST);

  // 10,000 a second are 10 a millisecond.
  clock.advance(1);
  const texts = Array.from({ length: 10 }, (_, index) => `message ${index}`);
  for (const text of texts) {
    client.sendFrame({ payload: text });
    expect(await client.nextText()).toBe(text);
  }
  client.sendFrame({ payload: 'one too many' });
  expect(await client.nextText()).toMatch(refusal);
});

it.for(['off', undefined] as const)('[GL6] has no quotas when they are %s', async (quotas) => {
  const { url, quiet } = await start(quotas);
  const client = await RawClient.open(url);

  client.sendBytes(quietMessages(BURST));
  client.sendFrame({ payload: 'one more' });

  expect(await client.nextText()).toBe('one more');
  expect(quiet.events).toHaveLength(BURST);
});

it('[GA7] counts calls of every kind and messages against one quota, with quotas on', async () => {
  const clock = clockOfSignatures();
  const { url } = await startRecordingGateway({
    clock,
    connectionsApi,
    quotas: 'aws',
    messages: { $default: echo },
  });
  const sdk = managementClient(url);
  const named = { ConnectionId: nobody };
  const post = () => sdk.send(new PostToConnectionCommand({ ...named, Data: 'x' }));
  const get = () => sdk.send(new GetConnectionCommand(named));
  const remove = () => sdk.send(new DeleteConnectionCommand(named));
  const client = await RawClient.open(url);

  client.sendBytes(quietMessages(BURST));
  for (let n = 0; n < BURST; n++) await client.nextFrame();
  for (const call of [post, get, remove]) {
    expect(await failure(call())).toMatchObject({ name: 'LimitExceededException', status: 429 });
  }

  // 10,000 a second are 10 a millisecond, whoever takes them.
  clock.advance(1);
  for (const call of [post, get, remove, post, get, remove]) {
    expect(await failure(call())).toMatchObject({ status: 410 });
  }
  for (const text of ['one', 'two', 'three', 'four']) {
    client.sendFrame({ payload: text });
    expect(await client.nextText()).toBe(text);
  }
  expect(await failure(post())).toMatchObject({ status: 429 });
  client.sendFrame({ payload: 'one too many' });
  expect(await client.nextText()).toContain('Too Many Requests');
});

it('[GA7] answers 429 to the post that a client reads too slowly for, and quotas need not be on', async () => {
  const { url, connect } = await startRecordingGateway({ connectionsApi });
  const { client, connectionId: ConnectionId } = await connect();
  const sdk = managementClient(url);
  const post = () => sdk.send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(128 * 1024) }));

  client.socket.pause();
  const statuses: number[] = [];
  do {
    statuses.push(await statusOf(post()));
    // The operating system takes a few MB before anything waits at the gateway's side.
  } while (statuses.at(-1) === 200 && statuses.length < 1000);

  expect(statuses.length).toBeGreaterThan(8);
  expect(statuses.at(-1)).toBe(429);
  expect(await failure(post())).toMatchObject({ status: 410 });
  client.socket.terminate();
});

const statusOf = (call: Promise<unknown>): Promise<number> =>
  call.then(
    () => 200,
    (error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode,
  );
