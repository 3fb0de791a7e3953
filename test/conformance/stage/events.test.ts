import { expect, it } from 'vitest';
import type { ConnectEvent, DisconnectEvent, MessageEvent } from '../../../src/gateway/events.ts';
import { closePayload, opcodes } from '../../harness/rawFrames.ts';
import { eventOf, probeStage, type Stage, watch } from '../../harness/stage.ts';

const ID = /^[A-Za-z0-9_-]{15}=$/;
const sharedKeys = [
  'apiId',
  'connectedAt',
  'connectionId',
  'domainName',
  'eventType',
  'extendedRequestId',
  'identity',
  'messageDirection',
  'requestId',
  'requestTime',
  'requestTimeEpoch',
  'routeKey',
  'stage',
];

type Events = readonly [ConnectEvent, MessageEvent, DisconnectEvent];

/** The three events of a connection that says something and closes. */
async function lifeOf(stage: Stage, headers: Readonly<Record<string, string>> = {}): Promise<Events> {
  const watcher = await watch(stage);
  const client = await stage.connect(watcher.query, { headers });
  const message = await eventOf(client);
  await client.close();
  const [connected, disconnected] = [await watcher.next(), await watcher.next()];
  return [connected.event as ConnectEvent, message, disconnected.event as DisconnectEvent];
}

it('[GE1] makes ids of 15 characters of base64url and a "=", all different', async (test) => {
  const stage = await probeStage(test);

  const events = await lifeOf(stage);

  const [{ requestContext: connect }, { requestContext: message }] = events;
  const ids = events.map(({ requestContext }) => requestContext.requestId);
  ids.push(connect.connectionId, message.messageId);
  for (const id of ids) expect(id).toMatch(ID);
  expect(new Set(ids).size).toBe(5);
});

it('[GE1] ends a messageId like its connectionId', async (test) => {
  const client = await (await probeStage(test)).connect();

  const { messageId, connectionId } = (await eventOf(client)).requestContext;

  expect(lastBytes(messageId, 4)).toEqual(lastBytes(connectionId, 4));
  expect(messageId).not.toBe(connectionId);
});

it('[GE2] has exactly the keys of AWS in CONNECT', async (test) => {
  const stage = await probeStage(test);
  const watcher = await watch(stage);
  const { host } = new URL(stage.url());

  await stage.open({ ...watcher.query, userId: 'alice' }, { headers: { HeaderAuth1: 'x' } });

  const event = (await watcher.next()).event as ConnectEvent;
  expect(Object.keys(event).sort()).toEqual([
    'headers',
    'isBase64Encoded',
    'multiValueHeaders',
    'multiValueQueryStringParameters',
    'queryStringParameters',
    'requestContext',
  ]);
  expect(Object.keys(event.requestContext).sort()).toEqual(sharedKeys);
  expect(event.requestContext).toMatchObject({ routeKey: '$connect', eventType: 'CONNECT' });
  const { headers } = event;
  expect(headers).toEqual({
    HeaderAuth1: 'x',
    Host: host,
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/),
    'X-Forwarded-For': event.requestContext.identity.sourceIp,
    'X-Forwarded-Port': expect.stringMatching(/^\d+$/),
    'X-Forwarded-Proto': expect.stringMatching(/^https?$/),
  });
  expect(event.multiValueHeaders).toEqual(
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  );
});

it('[GE2] decodes query parameters, and takes the last of duplicates', async (test) => {
  const stage = await probeStage(test);
  const watcher = await watch(stage);
  const { pathname, search } = new URL(stage.url(watcher.query));
  const target = `${pathname}${search}&userName=Jos%C3%A9+P%26co&flag&userId=alice&userId=bob`;

  await stage.open({}, { target });

  const event = (await watcher.next()).event as ConnectEvent;
  const parameters = { ...watcher.query, userName: 'José P&co', flag: '', userId: 'bob' };
  expect(event.queryStringParameters).toEqual(parameters);
  expect(event.multiValueQueryStringParameters?.userId).toEqual(['alice', 'bob']);
});

it('[GE3] has exactly the keys of AWS in MESSAGE, and the text as the client wrote it', async (test) => {
  const client = await (await probeStage(test)).connect();
  const body = '{ "action":"event",  "data": "Zoë \\u00eb 👋" }\n';

  client.sendText(body);

  const event = JSON.parse(await client.nextText()) as MessageEvent;
  expect(event).toEqual({ requestContext: expect.anything(), body, isBase64Encoded: false });
  expect(Object.keys(event.requestContext).sort()).toEqual([...sharedKeys, 'messageId'].sort());
  expect(event.requestContext).toMatchObject({
    routeKey: 'event',
    eventType: 'MESSAGE',
    messageDirection: 'IN',
  });
});

it('[GE4] has exactly the keys of AWS in DISCONNECT', async (test) => {
  const stage = await probeStage(test);
  const watcher = await watch(stage);
  const client = await stage.open(watcher.query);
  await watcher.next();

  client.sendFrame({ opcode: opcodes.close, payload: closePayload(4001, 'bye') });

  const event = (await watcher.next()).event as DisconnectEvent;
  const headers = {
    Host: event.requestContext.domainName,
    'x-api-key': '',
    'X-Forwarded-For': '',
    'x-restapi': '',
  };
  expect(event).toEqual({
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: expect.objectContaining({ disconnectStatusCode: 4001, disconnectReason: 'bye' }),
    isBase64Encoded: false,
  });
  expect(Object.keys(event.requestContext).sort()).toEqual(
    [...sharedKeys, 'disconnectReason', 'disconnectStatusCode'].sort(),
  );
});

it('[GE5] keeps connectedAt, and makes requestId and the time anew in each event', async (test) => {
  const stage = await probeStage(test);

  const contexts = (await lifeOf(stage)).map(({ requestContext }) => requestContext);

  expect(new Set(contexts.map((context) => context.connectedAt)).size).toBe(1);
  expect(new Set(contexts.map((context) => context.requestId)).size).toBe(3);
  for (const context of contexts) {
    expect(context.extendedRequestId).toBe(context.requestId);
    expect(context.requestTime).toMatch(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/);
    expect(context.requestTimeEpoch).toBeGreaterThanOrEqual(context.connectedAt);
  }
});

it('[GE6] has no stageVariables where the stage has none, and no userAgent of a client that sends none', async (test) => {
  const stage = await probeStage(test);

  for (const event of await lifeOf(stage)) {
    expect(event).not.toHaveProperty('stageVariables');
    expect(event.requestContext.identity).toEqual({ sourceIp: expect.any(String) });
  }
});

it('[GE6] has identity.userAgent in every event if the client sent one', async (test) => {
  const stage = await probeStage(test);

  for (const { requestContext } of await lifeOf(stage, { 'User-Agent': 'Netscape/3.0' })) {
    expect(requestContext.identity).toEqual({ userAgent: 'Netscape/3.0', sourceIp: expect.any(String) });
  }
});

const lastBytes = (id: string, count: number) => Buffer.from(id, 'base64url').subarray(-count);
