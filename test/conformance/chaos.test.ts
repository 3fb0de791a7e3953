import { describe, expect, it } from 'vitest';
import { type Chaos, withChaos } from '../../src/gateway/chaos.ts';
import type { DisconnectEvent, MessageEvent } from '../../src/gateway/events.ts';
import { startGateway } from '../harness/gateway.ts';
import { echo, recorder, twoWay } from '../harness/integrations.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { seededRandom } from '../harness/random.ts';
import { TestClient } from '../harness/TestClient.ts';

async function startChaos(chaos: Omit<Chaos, 'random' | 'clock'>) {
  const clock = new ManualClock();
  const $disconnect = recorder<DisconnectEvent>();
  const $default = recorder<MessageEvent>(async ({ body }) => ({ body }));
  const routes = {
    $disconnect: $disconnect.route,
    messages: { $default: twoWay($default.route.integration), echo },
  };
  const random = seededRandom(7).next;
  const started = await startGateway({ clock, routes: withChaos(routes, { ...chaos, random, clock }) });
  return { ...started, clock, $disconnect, $default };
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
});
