import { expect, it } from 'vitest';
import type { AuthorizerEvent } from './events.ts';
import { parseIdentitySources } from './identitySources.ts';

const requestContext = {
  routeKey: '$connect',
  eventType: 'CONNECT',
  extendedRequestId: 'r',
  requestId: 'r',
  requestTime: '22/Nov/2026:08:04:01 +0000',
  requestTimeEpoch: 0,
  messageDirection: 'IN',
  stage: 'production',
  connectedAt: 0,
  identity: { sourceIp: '203.0.113.7' },
  domainName: 'ws.example.com',
  connectionId: 'c',
  apiId: 'a',
} as const;

const event: AuthorizerEvent = {
  type: 'REQUEST',
  methodArn: 'arn',
  headers: { Host: 'ws.example.com', 'X-Auth': 'secret', Empty: '', 'X-Twice': '', 'x-twice': 'b' },
  multiValueHeaders: {},
  queryStringParameters: { token: 'abc', empty: '', Auth: 'x', 'a.b': 'c' },
  multiValueQueryStringParameters: {},
  stageVariables: { tenant: 'one' },
  requestContext,
};

it.for([
  'route.request.header.X-Auth',
  'route.request.header.x-auth',
  'route.request.header.X-AUTH',
  'route.request.header.X-Twice',
  'route.request.querystring.token',
  'route.request.querystring.a.b',
  'stageVariables.tenant',
  'context.stage',
  'context.connectedAt',
  'context.identity.sourceIp',
])('finds %s', (source) => {
  expect(parseIdentitySources([source])(event)).toBe(true);
});

it.for([
  'route.request.header.Authorization',
  'route.request.header.Empty',
  'route.request.querystring.Token',
  'route.request.querystring.empty',
  'route.request.querystring.constructor',
  'stageVariables.Tenant',
  'context.identity',
  'context.identity.userAgent',
  'context.nothing.at.all',
])('does not find %s', (source) => {
  expect(parseIdentitySources([source])(event)).toBe(false);
});

it('needs every source, and none when there is none', () => {
  const [token, missing] = ['route.request.querystring.token', 'route.request.header.Authorization'];
  expect(parseIdentitySources([token, missing])(event)).toBe(false);
  expect(parseIdentitySources([missing, token])(event)).toBe(false);
  expect(parseIdentitySources([])(event)).toBe(true);
});

it.for([
  '$request.header.Authorization',
  '$request.querystring.token',
  'method.request.header.Authorization',
  'route.request.header',
  'route.request.header.',
  'route.request.path.id',
  'Authorization',
  '',
])('refuses "%s"', (source) => {
  expect(() => parseIdentitySources([source])).toThrow(TypeError);
});
