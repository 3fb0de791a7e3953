import { expect, it } from 'vitest';
import type { MessageEvent } from '../../src/gateway/events.ts';
import type { GatewayReport } from '../../src/gateway/Invoker.ts';
import { deferred, startGateway } from '../harness/gateway.ts';
import { echo, recorder, twoWay } from '../harness/integrations.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { TestClient } from '../harness/TestClient.ts';

const neverSettles = () => new Promise<void>(() => {});

it('[GI2] sends nothing back of an integration that returns nothing', async () => {
  const { url } = await startGateway({
    routes: { messages: { quiet: twoWay(async () => undefined), $default: echo } },
  });
  const client = await TestClient.connect(url);

  client.send({ action: 'quiet' });

  expect(await client.requestText('"follow-up"')).toBe('follow-up');
});

it.for([
  ['one-way', undefined],
  ['two-way', '$default'],
] as const)(
  '[GI3] answers a throw on a %s route to the byte, tells nothing of it and stays',
  async ([, response]) => {
    const reports: GatewayReport[] = [];
    const error = new Error('password is swordfish');
    const failing = recorder<MessageEvent>(() => Promise.reject(error));
    const route = { ...failing.route, ...(response && { routeResponseSelectionExpression: response }) };
    const { url } = await startGateway({
      routes: { messages: { fail: route, $default: echo } },
      report: (report) => reports.push(report),
    });
    const client = await TestClient.connect(url);

    client.send({ action: 'fail' });

    const { connectionId, requestId } = (await failing.next()).requestContext;
    expect(await client.nextText()).toBe(
      `{"message": "Internal server error", "connectionId":"${connectionId}", "requestId":"${requestId}"}`,
    );
    expect(await client.requestText('"still here"')).toBe('still here');
    expect(reports).toEqual([
      { kind: 'integration failed', error, routeKey: 'fail', connectionId, requestId },
    ]);
  },
);

it('[GI3] takes an integration that throws at once for one that rejects', async () => {
  const fail = twoWay(() => {
    throw new Error('not even a promise');
  });
  const { url } = await startGateway({ routes: { messages: { fail } }, watchedInvocations: 0 });

  const client = await TestClient.connect(url);

  expect(await client.request({ action: 'fail' })).toMatchObject({ message: 'Internal server error' });
});

it('[GI4] answers after 29 s to the byte, lets the handler run on and drops its result', async () => {
  const clock = new ManualClock();
  const reports: GatewayReport[] = [];
  const work = deferred<unknown>();
  const slow = recorder<MessageEvent>(() => work.promise);
  const { url } = await startGateway({
    routes: { messages: { slow: twoWay(slow.route.integration), $default: echo } },
    clock,
    report: (report) => reports.push(report),
  });
  const client = await TestClient.connect(url);

  client.send({ action: 'slow' });
  const { connectionId, requestId } = (await slow.next()).requestContext;
  clock.advance(28_999);
  expect(await client.requestText('"before"')).toBe('before');

  clock.advance(1);
  expect(await client.nextText()).toBe(
    `{"message": "Endpoint request timed out", "connectionId":"${connectionId}", "requestId":"${requestId}"}`,
  );
  expect(reports).toEqual([{ kind: 'integration timed out', routeKey: 'slow', connectionId, requestId }]);

  work.resolve({ body: 'too late' });
  expect(await client.requestText('"after"')).toBe('after');
});

it('[GI5] reports promises that a handler leaves pending, and not those it waited for', async () => {
  const reports: GatewayReport[] = [];
  const leaving = recorder<MessageEvent>(async () => {
    void neverSettles();
    void neverSettles();
    return { body: 'left two' };
  });
  const waiting = twoWay(async () => {
    await Promise.all([Promise.resolve(), new Promise((resolve) => setImmediate(resolve))]);
    return { body: '"waited"' };
  });
  const { url } = await startGateway({
    routes: { messages: { leave: twoWay(leaving.route.integration), wait: waiting } },
    report: (report) => reports.push(report),
  });
  const client = await TestClient.connect(url);

  expect(await client.request({ action: 'wait' })).toBe('waited');
  client.send({ action: 'leave' });
  expect(await client.nextText()).toBe('left two');
  expect(await client.request({ action: 'wait' })).toBe('waited');

  const { connectionId, requestId } = (await leaving.next()).requestContext;
  const expected = { kind: 'promises left pending', count: 2, routeKey: 'leave', connectionId, requestId };
  expect(reports).toEqual([expected]);
});

it('[GI5] watches the first 100 invocations of each route', async () => {
  const counts = { one: 0, two: 0 };
  const leave = twoWay(async () => {
    void neverSettles();
    return { body: '"left"' };
  });
  const { url } = await startGateway({
    routes: { messages: { one: leave, two: leave } },
    report: ({ routeKey }) => {
      counts[routeKey as keyof typeof counts]++;
    },
  });
  const client = await TestClient.connect(url);

  for (let sent = 0; sent < 101; sent++) await client.request({ action: 'one' });
  await client.request({ action: 'two' });

  expect(counts).toEqual({ one: 100, two: 1 });
});
