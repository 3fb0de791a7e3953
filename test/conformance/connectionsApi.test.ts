import {
  ApiGatewayManagementApiClient,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, it } from 'vitest';
import type { DisconnectEvent } from '../../src/gateway/events.ts';
import type { GatewayOptions } from '../../src/gateway/options.ts';
import { deferred, startGateway } from '../harness/gateway.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { TestClient } from '../harness/TestClient.ts';

const accessKey = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'test-secret' };
const region = 'eu-central-1';
const nobody = 'AAAAAAAAAAIAAAA=';

/** A gateway with `@connections`, one connected client, and the AWS SDK's client for it. */
async function startApi(options: Partial<GatewayOptions> = {}) {
  const ids: string[] = [];
  const disconnected = deferred<DisconnectEvent>();
  const { url, port } = await startGateway({
    connectionsApi: { accessKey, region },
    routes: {
      $connect: {
        integration: async ({ requestContext }) => {
          ids.push(requestContext.connectionId);
          return { statusCode: 200 };
        },
      },
      $disconnect: { integration: async (event) => disconnected.resolve(event) },
      messages: {},
    },
    ...options,
  });
  const endpoint = url.replace('ws:', 'http:');
  const sdk = (changes: { endpoint?: string; credentials?: typeof accessKey } = {}) =>
    new ApiGatewayManagementApiClient({
      endpoint,
      region,
      credentials: accessKey,
      maxAttempts: 1,
      ...changes,
    });
  return { url, port, endpoint, ids, disconnected: disconnected.promise, sdk };
}

const failure = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (reason: unknown) => reason as { name: string; message: string; $metadata: { httpStatusCode: number } },
  );
  return { name: error.name, message: error.message, status: error.$metadata.httpStatusCode };
};

describe('@connections', () => {
  it('[GA2] answers 410 while $connect is still running', async () => {
    const running = deferred<string>();
    const admitted = deferred();
    const { url, sdk } = await startApi({
      routes: {
        $connect: {
          integration: async ({ requestContext }) => {
            running.resolve(requestContext.connectionId);
            await admitted.promise;
            return { statusCode: 200 };
          },
        },
        messages: {},
      },
    });
    const connecting = TestClient.connect(url);
    const post = new PostToConnectionCommand({ ConnectionId: await running.promise, Data: 'early' });
    expect(await failure(sdk().send(post))).toMatchObject({ name: 'GoneException' });
    admitted.resolve();
    const client = await connecting;
    await sdk().send(post);
    expect(await client.nextText()).toBe('early');
  });

  it('[GA5] answers 403 to a signature made with another secret', async () => {
    const { sdk } = await startApi();
    const post = new PostToConnectionCommand({ ConnectionId: nobody, Data: 'x' });
    const guesser = sdk({ credentials: { ...accessKey, secretAccessKey: 'guess' } });
    expect(await failure(guesser.send(post))).toMatchObject({
      name: 'InvalidSignatureException',
      status: 403,
    });
  });

  it('[GA5] answers 403 to a signature of six minutes ago', async () => {
    const clock = new ManualClock();
    const { sdk } = await startApi({ clock });
    const post = new PostToConnectionCommand({ ConnectionId: nobody, Data: 'x' });
    expect(await failure(sdk().send(post))).toMatchObject({ name: 'InvalidSignatureException' });
  });

  it('[GA7] counts calls and messages against one quota, when quotas are on', async () => {
    const clock = new ManualClock();
    clock.advance(Date.now() - clock.now());
    const { url, sdk } = await startApi({ quotas: 'aws', clock, routes: { messages: {} } });
    const client = await TestClient.connect(url);
    for (let n = 0; n < 5000; n++) client.sendText('x');
    for (let n = 0; n < 5000; n++) expect(await client.next()).toMatchObject({ message: 'Forbidden' });
    expect(await failure(sdk().send(new GetConnectionCommand({ ConnectionId: nobody })))).toMatchObject({
      name: 'LimitExceededException',
      status: 429,
    });
    clock.advance(1);
    expect(await failure(sdk().send(new GetConnectionCommand({ ConnectionId: nobody })))).toMatchObject({
      status: 410,
    });
  });

  it('[GA8] is off unless asked for', async () => {
    const { url } = await startGateway({ routes: { messages: {} } });
    const answer = await fetch(`${url.replace('ws:', 'http:')}/@connections/${nobody}`, { method: 'POST' });
    expect(answer.status).toBe(403);
  });
});
