import { expect, it } from 'vitest';
import { startGateway } from '../harness/gateway.ts';
import { twoWay } from '../harness/integrations.ts';
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

it.for(['$connect', '$disconnect'])('[GR3] allows no message route %s', async (key) => {
  const started = startGateway({ routes: { messages: { [key]: routeKey } } });

  await expect(started).rejects.toThrow(`The route key "${key}" is not allowed`);
});
