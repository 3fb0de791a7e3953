import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ConnectEvent, DisconnectEvent } from '../../src/gateway/events.ts';
import { deferred, startGateway } from '../harness/gateway.ts';
import { echo, recorder } from '../harness/integrations.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { RawClient } from '../harness/RawClient.ts';
import { TestClient } from '../harness/TestClient.ts';

const messages = { $default: echo };

describe('an admitted upgrade', () => {
  it('[GU4] needs no $connect route', async () => {
    const { url } = await startGateway({ routes: { messages } });

    const client = await TestClient.connect(`${url}?anything=goes`);

    expect(await client.request('hello')).toBe('hello');
  });

  it('[GU7] reaches nobody with a post before the 101, and the client with one after it', async () => {
    const $connect = recorder<ConnectEvent>(async ({ requestContext: { connectionId } }) => {
      outcomes.push(...gateway.send([connectionId], 'too early'), gateway.disconnect(connectionId));
      return { statusCode: 200 };
    });
    const { gateway, url } = await startGateway({ routes: { $connect: $connect.route, messages } });
    const outcomes: string[] = [];

    const client = await TestClient.connect(url);
    const { connectionId } = (await $connect.next()).requestContext;
    outcomes.push(...gateway.send([connectionId], 'welcome'));

    expect(outcomes).toEqual(['gone', 'gone', 'sent']);
    expect(await client.nextText()).toBe('welcome');
  });
});

describe('a client that gives up while $connect runs', () => {
  it.for(['destroy', 'end'] as const)('[GU9] is followed by $disconnect with 1006 (%s)', async (giveUp) => {
    const admission = deferred<unknown>();
    const $connect = recorder<ConnectEvent>(() => admission.promise);
    const $disconnect = recorder<DisconnectEvent>();
    const { url } = await startGateway({
      routes: { $connect: $connect.route, $disconnect: $disconnect.route, messages },
    });
    const client = await RawClient.connect(url);
    client.sendUpgrade();

    const { connectionId } = (await $connect.next()).requestContext;
    client[giveUp]();
    admission.resolve({ statusCode: 200 });

    const expected = { connectionId, disconnectStatusCode: 1006, disconnectReason: '' };
    expect((await $disconnect.next()).requestContext).toMatchObject(expected);
  });

  it.for([
    [{ statusCode: 200 }, 1],
    [{ statusCode: 403 }, 0],
  ] as const)(
    '[GU9] is followed by $disconnect when $connect admits it too late: %j',
    async ([result, times]) => {
      const clock = new ManualClock();
      const admission = deferred<unknown>();
      const $connect = recorder<ConnectEvent>(() => admission.promise);
      const $disconnect = recorder<DisconnectEvent>();
      const { gateway, url } = await startGateway({
        clock,
        routes: { $connect: $connect.route, $disconnect: $disconnect.route, messages },
      });
      const refused = TestClient.refused(url);
      await $connect.next();
      clock.advance(29_000);
      expect((await refused).statusCode).toBe(504);
      expect($disconnect.events).toEqual([]);

      admission.resolve(result);
      await gateway.close();
      expect($disconnect.events.map(({ requestContext }) => requestContext.disconnectStatusCode)).toEqual(
        Array(times).fill(1006),
      );
    },
  );

  it('[GU9] is followed by $disconnect with 1006 when its socket is known to be dead by then', async () => {
    const $connect = recorder<ConnectEvent>(async () => {
      for (const socket of sockets) socket.destroy();
      return { statusCode: 200 };
    });
    const $disconnect = recorder<DisconnectEvent>();
    const { gateway, server, url } = await startGateway({
      routes: { $connect: $connect.route, $disconnect: $disconnect.route, messages },
    });
    const sockets: Socket[] = [];
    server.on('connection', (socket) => sockets.push(socket));
    const client = await RawClient.connect(url);

    client.sendUpgrade();

    const { connectionId } = (await $connect.next()).requestContext;
    const expected = { connectionId, disconnectStatusCode: 1006, disconnectReason: '' };
    expect((await $disconnect.next()).requestContext).toMatchObject(expected);
    await gateway.close();
    expect($disconnect.events).toHaveLength(1);
  });
});
