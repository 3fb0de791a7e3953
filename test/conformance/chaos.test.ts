import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, it } from 'vitest';
import { type Chaos, withChaos } from '../../src/gateway/chaos.ts';
import type { ConnectEvent, DisconnectEvent, MessageEvent } from '../../src/gateway/events.ts';
import { startGateway } from '../harness/gateway.ts';
import { echo, recorder, twoWay } from '../harness/integrations.ts';
import {
  clockOfSignatures,
  connectionsApi,
  failure,
  managementClient,
  nobody,
} from '../harness/managementApi.ts';
import { seededRandom } from '../harness/random.ts';
import { TestClient } from '../harness/TestClient.ts';

async function startChaos(chaos: Omit<Chaos, 'random' | 'clock'>) {
  const clock = clockOfSignatures();
  const $disconnect = recorder<DisconnectEvent>();
  const $default = recorder<MessageEvent>(async ({ body }) => ({ body }));
  const $connect = recorder<ConnectEvent>();
  const routes = {
    $connect: $connect.route,
    $disconnect: $disconnect.route,
    messages: { $default: twoWay($default.route.integration), echo },
  };
  const random = seededRandom(7).next;
  const api = withChaos({ routes, connectionsApi }, { ...chaos, random, clock });
  const started = await startGateway({ clock, ...api });
  const sdk = managementClient(started.url);
  const post = (ConnectionId = nobody) => sdk.send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }));
  return { ...started, clock, $connect, $disconnect, $default, post };
}

const leave = async (url: string, times: number) => {
  for (let n = 0; n < times; n++) await (await TestClient.connect(url)).close();
};

describe('chaos', () => {
  it('[GX1] loses as many $disconnects as asked for', async () => {
    const { gateway, url, $disconnect } = await startChaos({ loseDisconnect: 0.3 });
    await leave(url, 100);
    await gateway.close();
    expect($disconnect.events.length).toBeGreaterThan(50);
    expect($disconnect.events.length).toBeLessThan(90);
  });

  it('[GX1] doubles as many $disconnects as asked for', async () => {
    const { gateway, url, $disconnect } = await startChaos({ doubleDisconnect: 0.5 });
    await leave(url, 100);
    await gateway.close();
    const ids = new Set($disconnect.events.map(({ requestContext }) => requestContext.connectionId));
    expect(ids.size).toBe(100);
    expect($disconnect.events.length).toBeGreaterThan(130);
    expect($disconnect.events.length).toBeLessThan(170);
  });

  it('[GX1] delays $disconnect', async () => {
    const { url, clock, $disconnect } = await startChaos({ delayDisconnectMs: 60_000 });
    await leave(url, 1);
    const other = await TestClient.connect(url);
    expect($disconnect.events).toEqual([]);
    clock.advance(60_000);
    await $disconnect.next();
    other.socket.terminate();
    clock.advance(60_000);
  });

  it('[GX2] lets messages of one connection overtake each other, and loses none', async () => {
    const { url, clock, $default } = await startChaos({ delayMessagesMs: 1000 });
    const client = await TestClient.connect(url);
    const sent = Array.from({ length: 50 }, (_, n) => `message ${n}`);
    for (const text of sent) client.sendText(text);
    const received: string[] = [];
    while (received.length < 50) {
      clock.advance(100);
      const waiting = $default.events.length;
      while (received.length < waiting) received.push(await client.nextText());
      await new Promise(setImmediate);
    }
    expect(received).not.toEqual(sent);
    expect([...received].sort()).toEqual([...sent].sort());
  });

  it('[GX3] answers as many calls with 429 as asked for', async () => {
    const { post } = await startChaos({ throttleCalls: { share: 0.25 } });
    const statuses: number[] = [];
    for (let n = 0; n < 200; n++) statuses.push((await failure(post())).status);
    const throttled = statuses.filter((status) => status === 429);
    expect(throttled.length).toBeGreaterThan(30);
    expect(throttled.length).toBeLessThan(70);
    expect(statuses.filter((status) => status === 410)).toHaveLength(200 - throttled.length);
  });

  it('[GX3] answers the first so many calls with 429, and does nothing of what they ask for', async () => {
    const { url, post, $connect } = await startChaos({ throttleCalls: { share: 1, meets: { calls: 2 } } });
    const client = await TestClient.connect(url);
    const { connectionId } = (await $connect.next()).requestContext;
    for (let n = 0; n < 2; n++) {
      expect(await failure(post(connectionId))).toMatchObject({
        name: 'LimitExceededException',
        status: 429,
      });
    }
    await post(connectionId);
    expect(await client.nextText()).toBe('x');
    expect(client.unread).toEqual([]);
  });

  it('[GX3] answers with 429 for a period of the clock', async () => {
    const meets = { fromMs: 1000, untilMs: 3000 };
    const { clock, post } = await startChaos({ throttleCalls: { share: 1, meets } });
    const statuses: number[] = [];
    for (const ms of [999, 1, 1999, 1]) {
      clock.advance(ms);
      statuses.push((await failure(post())).status);
    }
    expect(statuses).toEqual([410, 429, 429, 410]);
  });

  it('[GX3] leaves messages alone, and what the process sends by itself', async () => {
    const { gateway, url, $connect } = await startChaos({ throttleCalls: { share: 1 } });
    const client = await TestClient.connect(url);
    const { connectionId } = (await $connect.next()).requestContext;
    client.sendText('hello');
    expect(await client.nextText()).toBe('hello');
    expect(gateway.send([connectionId], 'x')).toEqual(['sent']);
  });

  it('[GX4] does a call at once and answers late', async () => {
    const { url, clock, post, $connect } = await startChaos({ delayAnswersMs: 60_000 });
    const client = await TestClient.connect(url);
    const { connectionId } = (await $connect.next()).requestContext;
    const order: string[] = [];
    const posted = post(connectionId).then(() => order.push('answered'));
    expect(await client.nextText()).toBe('x');
    client.sendText('round trip');
    expect(await client.nextText()).toBe('round trip');
    order.push('60 s');
    clock.advance(60_000);
    await posted;
    expect(order).toEqual(['60 s', 'answered']);
  });
});
