import { describe, expect, it } from 'vitest';
import type { ConnectEvent, DisconnectEvent } from '../../src/gateway/events.ts';
import { deferred, startGateway } from '../harness/gateway.ts';
import { echo, recorder } from '../harness/integrations.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { RawClient } from '../harness/RawClient.ts';
import { TestClient } from '../harness/TestClient.ts';

const messages = { $default: echo };

describe('a refused upgrade', () => {
  it.for([301, 400, 401, 403, 404, 500, 501, 503, 599])(
    '[GU2] passes on a statusCode of %i with its body',
    async (statusCode) => {
      const body = '{"message":"not today, José"}';
      const $connect = { integration: async () => ({ statusCode, body }) };
      const { gateway, url } = await startGateway({ routes: { $connect, messages } });

      expect(await TestClient.refused(url)).toMatchObject({ statusCode, body });
      expect(gateway.connectionCount).toBe(0);
    },
  );

  it('[GU2] is not followed by a $disconnect', async () => {
    const $connect = recorder<ConnectEvent>(async ({ queryStringParameters }) => ({
      statusCode: queryStringParameters?.user === 'mallory' ? 403 : 200,
    }));
    const $disconnect = recorder<DisconnectEvent>();
    const { gateway, url } = await startGateway({
      routes: { $connect: $connect.route, $disconnect: $disconnect.route, messages },
    });

    await TestClient.refused(`${url}?user=mallory`);
    await (await TestClient.connect(`${url}?user=alice`)).close();
    await gateway.close();

    const alice = $connect.events[1]?.requestContext.connectionId;
    expect($disconnect.events.map(({ requestContext }) => requestContext.connectionId)).toEqual([alice]);
  });

  it.for([
    ['rejects', () => Promise.reject(new Error('no such table'))],
    [
      'throws',
      () => {
        throw new Error('no such table');
      },
    ],
  ] as const)('[GU3] answers 502 when $connect %s, and tells nothing of it', async ([, integration]) => {
    const { url } = await startGateway({ routes: { $connect: { integration }, messages } });

    const { statusCode, body } = await TestClient.refused(url);

    expect({ statusCode, body }).toEqual({ statusCode: 502, body: '{"message":"Internal server error"}' });
  });

  it.for([
    [undefined],
    [null],
    ['200'],
    [{}],
    [{ statusCode: '200' }],
    [{ statusCode: null }],
    [{ statusCode: Number.NaN }],
    [{ statusCode: 200.5 }],
    [{ statusCode: 199 }],
    [{ statusCode: 600 }],
  ])('[GU3] answers 502 when the result of connecting is %j', async ([result]) => {
    const { url } = await startGateway({
      routes: { $connect: { integration: async () => result }, messages },
    });

    expect((await TestClient.refused(url)).statusCode).toBe(502);
  });

  it('[GU3] answers 504 when $connect has not returned after 29 s, even if it returns a 200 then', async () => {
    const clock = new ManualClock();
    const admission = deferred<unknown>();
    const $connect = recorder<ConnectEvent>(() => admission.promise);
    const { gateway, url } = await startGateway({ routes: { $connect: $connect.route, messages }, clock });
    const order: string[] = [];
    const refused = TestClient.refused(url).finally(() => order.push('answered'));

    await $connect.next();
    clock.advance(28_999);
    await RawClient.refused(`${url}-elsewhere`);
    order.push('29 s');
    clock.advance(1);

    expect((await refused).statusCode).toBe(504);
    expect(order).toEqual(['29 s', 'answered']);
    admission.resolve({ statusCode: 200 });
    await gateway.close();
    expect(gateway.connectionCount).toBe(0);
  });

  it.for(['/', '/staging', '/productions', '/production/x', '/production/@connections/abc', '/Production'])(
    '[GU5] answers 403 to an upgrade of %s',
    async (target) => {
      const { url } = await startGateway({ routes: { messages } });

      expect((await RawClient.refused(url, { target })).statusCode).toBe(403);
    },
  );

  it.for(['/production', '/production/', '/production?a=b', '/production/?a=b'])(
    '[GU5] takes %s for the stage, and answers 426 to plain HTTP',
    async (target) => {
      const { url, port } = await startGateway({ routes: { messages } });

      await RawClient.open(url, { target });

      expect((await fetch(`http://127.0.0.1:${port}${target}`)).status).toBe(426);
    },
  );

  it('[GU5] answers 414 to a URL of more than 4,096 characters', async () => {
    const { url } = await startGateway({ routes: { messages } });
    const target = '/production?token='.padEnd(4096, 'x');

    await RawClient.open(url, { target });

    expect((await RawClient.refused(url, { target: `${target}x` })).statusCode).toBe(414);
  });
});

describe('a handshake that cannot become a WebSocket', () => {
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';

  it.for([
    ['no key', { 'Sec-WebSocket-Key': undefined }, 400],
    ['a short key', { 'Sec-WebSocket-Key': 'c2hvcnQ=' }, 400],
    ['two keys', { 'Sec-WebSocket-Key': [key, key] }, 400],
    ['another protocol', { Upgrade: 'h2c' }, 426],
    ['no version', { 'Sec-WebSocket-Version': undefined }, 426],
    ['an old version', { 'Sec-WebSocket-Version': '8' }, 426],
    ['an empty list of subprotocols', { 'Sec-WebSocket-Protocol': '' }, 400],
    ['an empty subprotocol', { 'Sec-WebSocket-Protocol': 'v1,, v2' }, 400],
    ['the same subprotocol twice', { 'Sec-WebSocket-Protocol': 'v1, v1' }, 400],
    ['a subprotocol with a space', { 'Sec-WebSocket-Protocol': 'v 1' }, 400],
    ['a subprotocol with a no-break space', { 'Sec-WebSocket-Protocol': 'v1,\u00a0v2' }, 400],
  ] as const)('[GU8] with %s is refused before $connect runs', async ([, headers, statusCode]) => {
    const $connect = recorder<ConnectEvent>();
    const { url } = await startGateway({ routes: { $connect: $connect.route, messages } });

    expect((await RawClient.refused(url, { headers })).statusCode).toBe(statusCode);
    expect($connect.events).toEqual([]);
  });

  it('[GU8] with another method is refused before $connect runs', async () => {
    const $connect = recorder<ConnectEvent>();
    const { url } = await startGateway({ routes: { $connect: $connect.route, messages } });

    expect((await RawClient.refused(url, { method: 'POST' })).statusCode).toBe(400);
    expect($connect.events).toEqual([]);
  });

  it('[GU8] names the version it would take', async () => {
    const { url } = await startGateway({ routes: { messages } });

    const { headers } = await RawClient.refused(url, { headers: { 'Sec-WebSocket-Version': '14' } });

    expect(headers['sec-websocket-version']).toBe('13');
  });
});
