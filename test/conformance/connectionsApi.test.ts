import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, it } from 'vitest';
import type { GatewayOptions } from '../../src/gateway/options.ts';
import { deferred, startGateway } from '../harness/gateway.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { connectionsApi, failure, managementClient, nobody } from '../harness/managementApi.ts';
import { TestClient } from '../harness/TestClient.ts';

const { accessKey } = connectionsApi;

/** A gateway with `@connections`, and the AWS SDK's client for it. */
async function startApi(options: Partial<GatewayOptions> = {}) {
  const { url } = await startGateway({ connectionsApi, routes: { messages: {} }, ...options });
  const sdk = (changes: { credentials?: typeof accessKey } = {}) => managementClient(url, changes);
  return { url, sdk };
}

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

  it('[GA8] is off unless asked for', async () => {
    const { url } = await startGateway({ routes: { messages: {} } });
    const answer = await fetch(`${url.replace('ws:', 'http:')}/@connections/${nobody}`, { method: 'POST' });
    expect(answer.status).toBe(403);
  });
});
