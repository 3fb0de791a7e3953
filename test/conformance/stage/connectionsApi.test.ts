import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { expect, it } from 'vitest';
import type { DisconnectEvent } from '../../../src/gateway/events.ts';
import { failure, nobody } from '../../harness/managementApi.ts';
import { endOf } from '../../harness/recordingGateway.ts';
import { meetingStage, probeStage, watch } from '../../harness/stage.ts';

it('[GA1] posts text, describes a connection and deletes it', async (test) => {
  const stage = await meetingStage(test);
  const api = await stage.connectionsApi();
  const headers = { 'User-Agent': 'Netscape/3.0' };
  const { client, connectionId: ConnectionId } = await stage.connectKnown({}, { headers });

  const posted = await api.send(new PostToConnectionCommand({ ConnectionId, Data: '{"é":1}' }));
  expect(posted.$metadata.httpStatusCode).toBe(200);
  expect(await client.nextText()).toBe('{"é":1}');

  const described = await api.send(new GetConnectionCommand({ ConnectionId }));
  expect(described.Identity).toEqual({ SourceIp: expect.any(String), UserAgent: 'Netscape/3.0' });
  expect(described.ConnectedAt).toBeInstanceOf(Date);
  expect(described.LastActiveAt?.getTime()).toBeGreaterThanOrEqual(
    described.ConnectedAt?.getTime() ?? Infinity,
  );

  const deleted = await api.send(new DeleteConnectionCommand({ ConnectionId }));
  expect(deleted.$metadata.httpStatusCode).toBe(204);
  expect(await client.closed).toEqual({ code: 1000, reason: 'Connection Closed Normally' });
});

it('[GC2] tells $disconnect of a delete as 1000 Connection Closed Normally', async (test) => {
  const stage = await probeStage(test);
  const api = await stage.connectionsApi();
  const watcher = await watch(stage);
  const { connectionId: ConnectionId } = await stage.connectKnown(watcher.query);
  await watcher.next();

  await api.send(new DeleteConnectionCommand({ ConnectionId }));

  const { event } = await watcher.next();
  expect(endOf(event as DisconnectEvent)).toEqual({ code: 1000, reason: 'Connection Closed Normally' });
});

it('[GA2] answers 410 GoneException for a connection that is not, or not any more', async (test) => {
  const stage = await meetingStage(test);
  const api = await stage.connectionsApi();
  const { client, connectionId } = await stage.connectKnown();
  await client.close();

  for (const ConnectionId of [nobody, connectionId]) {
    for (const call of [
      () => api.send(new PostToConnectionCommand({ ConnectionId, Data: 'x' })),
      () => api.send(new GetConnectionCommand({ ConnectionId })),
      () => api.send(new DeleteConnectionCommand({ ConnectionId })),
    ]) {
      expect(await failure(call())).toMatchObject({ name: 'GoneException', status: 410 });
    }
  }
});

it.for(['cjy8f1qxp000001', 'test-connection-123', 'AAAAAAAAAAIAAAA', '%'])(
  '[GA3] answers 400 for %s, which no gateway ever gave out',
  async (ConnectionId, test) => {
    const api = await (await meetingStage(test)).connectionsApi();

    expect(await failure(api.send(new PostToConnectionCommand({ ConnectionId, Data: 'x' })))).toEqual({
      name: 'BadRequestException',
      message: `Invalid connectionId: ${ConnectionId}`,
      status: 400,
    });
  },
);

it('[GA4] answers 413 to more than 128 KB, and takes 128', async (test) => {
  const stage = await meetingStage(test);
  const api = await stage.connectionsApi();
  const { client, connectionId: ConnectionId } = await stage.connectKnown();
  const post = (bytes: number) =>
    api.send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(bytes) }));

  expect(await failure(post(131_073))).toMatchObject({ name: 'PayloadTooLargeException', status: 413 });
  await post(131_072);
  expect((await client.nextText()).length).toBe(131_072);
});

it('[GA5] answers 403 to whoever does not sign', async (test) => {
  const stage = await meetingStage(test);

  const answer = await fetch(`${stage.callbackUrl()}/@connections/${encodeURIComponent(nobody)}`, {
    method: 'POST',
    body: 'x',
  });

  expect(answer.status).toBe(403);
  expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
});

it('[GA5] answers 403 to a key that is not known', async (test) => {
  const stage = await meetingStage(test);
  const credentials = { accessKeyId: 'AKIASTRANGERSTRANGER', secretAccessKey: 'guess' };
  const stranger = await stage.connectionsApi({ credentials });

  expect(
    await failure(stranger.send(new PostToConnectionCommand({ ConnectionId: nobody, Data: 'x' }))),
  ).toMatchObject({ name: 'UnrecognizedClientException', status: 403 });
});

it('[GA5] answers 403 when something else is sent than was signed', async (test) => {
  const api = await (await meetingStage(test)).connectionsApi();
  api.middlewareStack.add(
    (next) => (args) => {
      (args.request as { body: unknown }).body = Buffer.from('y');
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );

  expect(
    await failure(api.send(new PostToConnectionCommand({ ConnectionId: nobody, Data: 'x' }))),
  ).toMatchObject({ name: 'InvalidSignatureException', status: 403 });
});

it('[GA6] answers 403 Forbidden at another stage', async (test) => {
  const stage = await meetingStage(test);
  const endpoint = `${stage.callbackUrl()}-elsewhere`;
  const api = await stage.connectionsApi({ endpoint });

  expect(await failure(api.send(new PostToConnectionCommand({ ConnectionId: nobody, Data: 'x' })))).toEqual({
    name: 'ForbiddenException',
    message: 'Forbidden',
    status: 403,
  });
});
