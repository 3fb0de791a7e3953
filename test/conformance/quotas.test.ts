import { expect, it } from 'vitest';
import type { MessageEvent } from '../../src/gateway/events.ts';
import { echo, recorder } from '../harness/integrations.ts';
import { ManualClock } from '../harness/ManualClock.ts';
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
