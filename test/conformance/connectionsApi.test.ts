import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, it } from 'vitest';
import type { DisconnectEvent } from '../../src/gateway/events.ts';
import type { GatewayOptions } from '../../src/gateway/options.ts';
import { deferred, startGateway } from '../harness/gateway.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { connectionsApi, failure, managementClient, nobody } from '../harness/managementApi.ts';
import { TestClient } from '../harness/TestClient.ts';

const { accessKey } = connectionsApi;

/** A gateway with `@connections`, one connected client, and the AWS SDK's client for it. */
async function startApi(options: Partial<GatewayOptions> = {}) {
  const ids: string[] = [];
  const disconnected = deferred<DisconnectEvent>();
  const { url, port } = await startGateway({
    connectionsApi,
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
    managementClient(url, changes);
  return { url, port, endpoint, ids, disconnected: disconnected.promise, sdk };
}

describe('@connections', () => {
  it('[GA1] posts text, describes a connection and deletes it', async () => {
    const { url, ids, sdk, disconnected } = await startApi();
    const client = await TestClient.connect(url, { headers: { 'User-Agent': 'test' } });
    const [ConnectionId] = ids;
    const posted = await sdk().send(new PostToConnectionCommand({ ConnectionId, Data: '{"é":1}' }));
    expect(posted.$metadata.httpStatusCode).toBe(200);
    expect(await client.nextText()).toBe('{"é":1}');

    const described = await sdk().send(new GetConnectionCommand({ ConnectionId }));
    expect(described.Identity).toEqual({ SourceIp: '127.0.0.1', UserAgent: 'test' });
    expect(described.ConnectedAt).toBeInstanceOf(Date);
    expect(described.LastActiveAt?.getTime()).toBeGreaterThanOrEqual(
      described.ConnectedAt?.getTime() ?? Infinity,
    );

    const deleted = await sdk().send(new DeleteConnectionCommand({ ConnectionId }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    expect(await client.closed).toEqual({ code: 1000, reason: 'Connection Closed Normally' });
    expect((await disconnected).requestContext).toMatchObject({
      disconnectStatusCode: 1000,
      disconnectReason: 'Connection Closed Normally',
    });
  });

  it('[GA2] answers 410 GoneException for a connection that is not, or not any more', async () => {
    const { url, ids, sdk, disconnected } = await startApi();
    const client = await TestClient.connect(url);
    await client.close();
    await disconnected;
    for (const ConnectionId of [nobody, ids[0]]) {
      for (const command of [
        new PostToConnectionCommand({ ConnectionId, Data: 'x' }),
        new GetConnectionCommand({ ConnectionId }),
        new DeleteConnectionCommand({ ConnectionId }),
      ]) {
        expect(await failure(sdk().send(command as PostToConnectionCommand))).toMatchObject({
          name: 'GoneException',
          status: 410,
        });
      }
    }
  });

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

  it.each(['cjy8f1qxp000001', 'test-connection-123', 'AAAAAAAAAAIAAAA', '%'])(
    '[GA3] answers 400 for %s, which no gateway ever gave out',
    async (ConnectionId) => {
      const { sdk } = await startApi();
      expect(await failure(sdk().send(new PostToConnectionCommand({ ConnectionId, Data: 'x' })))).toEqual({
        name: 'BadRequestException',
        message: `Invalid connectionId: ${ConnectionId}`,
        status: 400,
      });
    },
  );

  it('[GA4] answers 413 to more than 128 KB, and takes 128', async () => {
    const { url, ids, sdk } = await startApi();
    const client = await TestClient.connect(url);
    const post = (bytes: number) =>
      sdk().send(new PostToConnectionCommand({ ConnectionId: ids[0], Data: 'x'.repeat(bytes) }));
    expect(await failure(post(131_073))).toMatchObject({ name: 'PayloadTooLargeException', status: 413 });
    await post(131_072);
    expect((await client.nextText()).length).toBe(131_072);
  });

  it('[GA5] answers 403 to whoever does not sign, or not with the key, or changes what was signed', async () => {
    const { endpoint, sdk } = await startApi();
    const unsigned = await fetch(`${endpoint}/@connections/${nobody}`, { method: 'POST', body: 'x' });
    expect(unsigned.status).toBe(403);
    expect(unsigned.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');

    const post = new PostToConnectionCommand({ ConnectionId: nobody, Data: 'x' });
    const stranger = sdk({ credentials: { ...accessKey, accessKeyId: 'AKIASTRANGER' } });
    expect(await failure(stranger.send(post))).toMatchObject({
      name: 'UnrecognizedClientException',
      status: 403,
    });
    const guesser = sdk({ credentials: { ...accessKey, secretAccessKey: 'guess' } });
    expect(await failure(guesser.send(post))).toMatchObject({
      name: 'InvalidSignatureException',
      status: 403,
    });

    const tamperer = sdk();
    tamperer.middlewareStack.add(
      (next) => (args) => {
        (args.request as { body: unknown }).body = Buffer.from('y');
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    expect(await failure(tamperer.send(post))).toMatchObject({ name: 'InvalidSignatureException' });
  });

  it('[GA5] answers 403 to a signature of six minutes ago', async () => {
    const clock = new ManualClock();
    const { sdk } = await startApi({ clock });
    const post = new PostToConnectionCommand({ ConnectionId: nobody, Data: 'x' });
    expect(await failure(sdk().send(post))).toMatchObject({ name: 'InvalidSignatureException' });
  });

  it('[GA6] answers 403 Forbidden at another stage', async () => {
    const { endpoint, sdk } = await startApi();
    const elsewhere = sdk({ endpoint: endpoint.replace('production', 'staging') });
    expect(
      await failure(elsewhere.send(new PostToConnectionCommand({ ConnectionId: nobody, Data: 'x' }))),
    ).toEqual({
      name: 'ForbiddenException',
      message: 'Forbidden',
      status: 403,
    });
  });

  it('[GA8] is off unless asked for', async () => {
    const { url } = await startGateway({ routes: { messages: {} } });
    const answer = await fetch(`${url.replace('ws:', 'http:')}/@connections/${nobody}`, { method: 'POST' });
    expect(answer.status).toBe(403);
  });
});
