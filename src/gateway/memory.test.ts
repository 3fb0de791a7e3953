import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { startGateway } from '../../test/harness/gateway.ts';
import { TestClient } from '../../test/harness/TestClient.ts';
import type { Source } from './source.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('keeps no upgrade request for as long as its connection lives', async () => {
  const requests: WeakRef<object>[] = [];
  const sourceOf = (request: object): Source => {
    requests.push(new WeakRef(request));
    return { address: '127.0.0.1', protocol: 'http', forwarded: 0 };
  };
  const { url } = await startGateway({ routes: { messages: {} }, sourceOf });
  // Node's parser of HTTP may hold the last request that it read: the first is looked for.
  const clients = [await TestClient.connect(url), await TestClient.connect(url)];
  for (let times = 0; times < 100 && requests[0]?.deref(); times++) {
    await pause(10);
    collectGarbage();
  }
  expect(requests[0]?.deref()).toBeUndefined();
  for (const client of clients) await client.close();
});
