import { expect, it, onTestFinished, vi } from 'vitest';
import type { ConnectEvent, DisconnectEvent, MessageEvent } from '../../src/gateway/events.ts';
import { deferred, startGateway } from '../harness/gateway.ts';
import { recorder, twoWay } from '../harness/integrations.ts';
import { RawClient } from '../harness/RawClient.ts';
import { endOf, startRecordingGateway } from '../harness/recordingGateway.ts';
import { TestClient } from '../harness/TestClient.ts';

it('[GC4] refuses new connections with 503 and lets running handlers finish', async () => {
  const work = deferred<unknown>();
  const slow = recorder<MessageEvent>(() => work.promise);
  const { gateway, url, $connect } = await startRecordingGateway({
    messages: { slow: twoWay(slow.route.integration) },
  });
  const client = await TestClient.connect(url);
  client.send({ action: 'slow' });
  await slow.next();

  const stopped = gateway.close();
  expect((await TestClient.refused(url)).statusCode).toBe(503);
  expect($connect.events).toHaveLength(1);
  work.resolve({ body: 'finished' });

  expect(await client.nextText()).toBe('finished');
  expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  await stopped;
});

it('[GC4] waits for a $connect that runs, and closes what it admits', async () => {
  const admission = deferred<unknown>();
  const $connect = recorder<ConnectEvent>(() => admission.promise);
  const $disconnect = recorder<DisconnectEvent>();
  const { gateway, url } = await startGateway({
    routes: { $connect: $connect.route, $disconnect: $disconnect.route, messages: {} },
  });
  const connecting = TestClient.connect(url);
  await $connect.next();

  const stopped = gateway.close();
  admission.resolve({ statusCode: 200 });

  expect(await (await connecting).closed).toEqual({ code: 1001, reason: 'Going away' });
  await stopped;
  expect($disconnect.events.map(endOf)).toEqual([{ code: 1001, reason: 'Going away' }]);
});

it('[GC4] closes every connection with 1001 and waits for each $disconnect', async () => {
  const cleanUps = [deferred(), deferred(), deferred()];
  const unfinished = cleanUps.values();
  const $disconnect = recorder<DisconnectEvent>(async () => unfinished.next().value?.promise);
  const { gateway, url } = await startGateway({
    routes: { $disconnect: $disconnect.route, messages: {} },
  });
  const clients = await Promise.all(cleanUps.map(() => TestClient.connect(url)));
  const order: string[] = [];

  const stopped = gateway.close().then(() => order.push('stopped'));
  for (const client of clients) expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  for (const cleanUp of cleanUps) {
    await $disconnect.next();
    await RawClient.refused(url);
    order.push('a $disconnect returns');
    cleanUp.resolve();
  }
  await stopped;

  expect(order).toEqual([...cleanUps.map(() => 'a $disconnect returns'), 'stopped']);
  expect($disconnect.events.map(endOf)).toEqual(cleanUps.map(() => ({ code: 1001, reason: 'Going away' })));
  expect(gateway.connectionCount).toBe(0);
});

it('[GC4] may be told to stop twice', async () => {
  const { gateway, url, $disconnect } = await startRecordingGateway();
  const client = await TestClient.connect(url);

  await Promise.all([gateway.close(), gateway.close()]);

  expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  expect($disconnect.events).toHaveLength(1);
});

it('[GC4] waits no longer for a $connect, and tells $disconnect of whom it admits too late', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const admission = deferred<unknown>();
  const $connect = recorder<ConnectEvent>(() => admission.promise);
  const $disconnect = recorder<DisconnectEvent>();
  const { gateway, url } = await startGateway({
    routes: { $connect: $connect.route, $disconnect: $disconnect.route, messages: {} },
  });
  const refused = expect(TestClient.connect(url)).rejects.toThrow('socket hang up');
  await $connect.next();

  const stopped = gateway.close();
  await vi.advanceTimersByTimeAsync(5000);
  await stopped;
  await refused;
  admission.resolve({ statusCode: 200 });

  expect(endOf(await $disconnect.next())).toEqual({ code: 1006, reason: '' });
});
