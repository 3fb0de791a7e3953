import { describe, expect, it } from 'vitest';
import type { ConnectEvent } from '../../src/gateway/events.ts';
import { deferred, startGateway } from '../harness/gateway.ts';
import { echo, recorder } from '../harness/integrations.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { RawClient } from '../harness/RawClient.ts';
import { TestClient } from '../harness/TestClient.ts';

const messages = { $default: echo };

describe('a refused upgrade', () => {
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

  it.for([[undefined], [{ statusCode: '200' }], [{ statusCode: Number.NaN }]])(
    '[GU3] answers 502 when the result of connecting is %j',
    async ([result]) => {
      const { url } = await startGateway({
        routes: { $connect: { integration: async () => result }, messages },
      });

      expect((await TestClient.refused(url)).statusCode).toBe(502);
    },
  );

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
});
