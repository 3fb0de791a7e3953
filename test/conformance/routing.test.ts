import { expect, it } from 'vitest';
import type { ConnectEvent } from '../../src/gateway/events.ts';
import { startGateway } from '../harness/gateway.ts';
import { recorder, twoWay } from '../harness/integrations.ts';
import { RawClient } from '../harness/RawClient.ts';
import { startRecordingGateway } from '../harness/recordingGateway.ts';
import { TestClient } from '../harness/TestClient.ts';

/** Replies with the key of the route that a message took. */
const routeKey = twoWay(async ({ requestContext }) => ({ body: JSON.stringify(requestContext.routeKey) }));

async function connect(routeKeys: readonly string[], routeSelectionExpression?: string): Promise<TestClient> {
  const messages = Object.fromEntries(routeKeys.map((key) => [key, routeKey]));
  const { url } = await startGateway({
    routes: { messages: { ...messages, $default: routeKey } },
    ...(routeSelectionExpression !== undefined && { routeSelectionExpression }),
  });
  return TestClient.connect(url);
}

it.for([
  ['"join"', 'join'],
  ['1', '1'],
  ['true', 'true'],
  ['["a","b"]', '["a","b"]'],
  ['{"a":1}', '{"a":1}'],
  ['"Join"', '$default'],
  ['"join "', '$default'],
  ['"jo"', '$default'],
  ['"toString"', '$default'],
  [`"\${request.body.other}"`, '$default'],
])('[GR1] takes a message with the action %s to the route %s', async ([action, expected]) => {
  const client = await connect(['join', '1', 'true', '["a","b"]', '{"a":1}']);

  expect(await client.requestText(`{"action":${action},"other":"join"}`)).toBe(expected);
});

it.for([
  ['$request.body.message.type', '{"message":{"type":"chat"}}', 'chat'],
  ['$request.body.types.1', '{"types":["a","chat"]}', 'chat'],
  [`\${request.body.service}/\${request.body.action}`, '{"service":"chat","action":"send"}', 'chat/send'],
  [`\${request.body.service}/\${request.body.action}`, '{"service":"chat"}', 'chat/'],
  [`v1.\${request.body.action}`, '{"action":"send"}', 'v1.send'],
] as const)('[GR1] evaluates %s', async ([expression, body, expected]) => {
  const client = await connect(['chat', 'chat/', 'chat/send', 'v1.send'], expression);

  expect(await client.requestText(body)).toBe(expected);
});

it.for(['', 'action', '$request.header.action', `\${request.body}`])(
  '[GR1] does not take "%s" for a route selection expression',
  async (routeSelectionExpression) => {
    const started = startGateway({ routes: { messages: {} }, routeSelectionExpression });

    await expect(started).rejects.toThrow('is no route selection expression');
  },
);

it.for([
  'hello',
  '',
  '{"action":"join"',
  '{action:"join"}',
  '"join"',
  '1',
  'null',
  '[]',
  '{}',
  '{"Action":"join"}',
  '{"action":null}',
  '{"action":""}',
  '{"body":{"action":"join"}}',
])('[GR2] takes %s to $default', async (text) => {
  const client = await connect(['join']);

  expect(await client.requestText(text)).toBe('$default');
});

it.for(['$connect', '$disconnect', '$default'])('[GR3] takes the action %s to $default', async (action) => {
  const { url, $connect, $default, $disconnect } = await startRecordingGateway();

  const client = await TestClient.connect(url);
  client.send({ action });

  expect((await $default.next()).requestContext.routeKey).toBe('$default');
  expect($connect.events).toHaveLength(1);
  expect($disconnect.events).toHaveLength(0);
});

it.for(['$connect', '$disconnect'])('[GR3] allows no message route %s', async (key) => {
  const started = startGateway({ routes: { messages: { [key]: routeKey } } });

  await expect(started).rejects.toThrow(`The route key "${key}" is not allowed`);
});

it.for(['{"action":"jump"}', 'hello', '{"action":"$connect"}'])(
  '[GR4] answers %s with Forbidden to the byte, without a route for it, and stays',
  async (text) => {
    const { url } = await startGateway({
      routes: { messages: { join: routeKey } },
      randomBytes: (size) => new Uint8Array(size),
    });
    const client = await RawClient.open(url);

    client.sendFrame({ payload: text });
    expect(await client.nextText()).toBe(
      '{"message": "Forbidden", "connectionId":"AAAAAAAAAAACAAA=", "requestId":"AAAAAAAAAAAFAAA="}',
    );

    client.sendFrame({ payload: '{"action":"join"}' });
    expect(await client.nextText()).toBe('"join"');
  },
);

it('[GR4] tells the connectionId, and another requestId each time', async () => {
  const $connect = recorder<ConnectEvent>();
  const { url } = await startGateway({ routes: { $connect: $connect.route, messages: {} } });
  const client = await TestClient.connect(url);

  const frames = [await client.requestText('hello'), await client.requestText('hello')];

  const { connectionId } = (await $connect.next()).requestContext;
  expect(frames.map((frame) => frame.connectionId)).toEqual([connectionId, connectionId]);
  expect(frames[0]?.requestId).not.toBe(frames[1]?.requestId);
});
