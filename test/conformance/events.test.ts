import { expect, it } from 'vitest';
import { ManualClock } from '../harness/ManualClock.ts';
import { startRecordingGateway } from '../harness/recordingGateway.ts';
import { TestClient } from '../harness/TestClient.ts';

it('[GE5] keeps connectedAt, and makes requestId and the time anew in each event', async () => {
  const clock = new ManualClock();
  const { url, $connect, $default, $disconnect } = await startRecordingGateway({ clock });

  const client = await TestClient.connect(url);
  clock.advance(1500);
  client.sendText('hello');
  const message = await $default.next();
  clock.advance(60_000);
  await client.close();
  const contexts = [await $connect.next(), message, await $disconnect.next()].map((e) => e.requestContext);

  const startMs = Date.UTC(2026, 10, 22, 8, 4, 1);
  expect(contexts.map((context) => context.connectedAt)).toEqual([startMs, startMs, startMs]);
  expect(contexts.map((context) => context.requestTimeEpoch - startMs)).toEqual([0, 1500, 61_500]);
  expect(contexts.map((context) => context.requestTime)).toEqual([
    '22/Nov/2026:08:04:01 +0000',
    '22/Nov/2026:08:04:02 +0000',
    '22/Nov/2026:08:05:02 +0000',
  ]);
  expect(new Set(contexts.map((context) => context.requestId)).size).toBe(3);
  for (const context of contexts) expect(context.extendedRequestId).toBe(context.requestId);
});

it('[GE6] has stageVariables in every event if the stage has any', async () => {
  const stageVariables = { table: 'connections' };
  const { url, $connect, $default, $disconnect } = await startRecordingGateway({ stageVariables });

  const client = await TestClient.connect(url);
  client.sendText('hello');
  const events = [await $connect.next(), await $default.next()];
  await client.close();

  for (const event of [...events, await $disconnect.next()]) {
    expect(event.stageVariables).toEqual(stageVariables);
  }
});
