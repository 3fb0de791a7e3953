import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { handshakeRefusal, isStagePath, pathOf, refuse } from './upgrade.ts';

/** An upgrade request that is in order but for what is given. */
function aRequest(given: { url?: string; method?: string; headers?: IncomingMessage['headers'] } = {}) {
  const request = new IncomingMessage(new Socket());
  request.url = given.url ?? '/production';
  request.method = given.method ?? 'GET';
  request.headers = {
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
    ...given.headers,
  };
  return request;
}

const statusOf = (request: IncomingMessage) => handshakeRefusal(request, 'production')?.statusCode;

it.for([
  [undefined, '/'],
  ['http://127.0.0.1:3001/production?a=b', '/production'],
  ['http://127.0.0.1:3001', '/'],
  ['/', '/'],
  ['/production?a=b', '/production'],
  ['/production?a=b?c', '/production'],
] as const)('reads from %s the path "%s"', ([url, path]) => {
  expect(pathOf(url)).toBe(path);
});

it.for([
  ['/production', true],
  ['/production/', true],
  ['/production//', false],
  ['/productions', false],
  ['/Production', false],
  ['/', false],
  ['', false],
] as const)('takes %s for the stage: %s', ([path, expected]) => {
  expect(isStagePath(path, 'production')).toBe(expected);
});

it.for([
  {},
  { url: '/production/?meetingId=standup' },
  { headers: { upgrade: 'WebSocket' } },
  { headers: { 'sec-websocket-protocol': 'cloudmeetx.v1' } },
  { headers: { 'sec-websocket-protocol': 'cloudmeetx.v1, bearer.eyJh-b_c.d~e \t,\tv2' } },
])('has nothing against %j', (given) => {
  expect(statusOf(aRequest(given))).toBeUndefined();
});

it('looks at the path before the handshake, and at the length before the path', () => {
  expect(statusOf(aRequest({ url: '/elsewhere', method: 'POST' }))).toBe(403);
  expect(statusOf(aRequest({ url: '/elsewhere'.padEnd(4097, 'x') }))).toBe(414);
});

it.for(['', ' ', ',', 'v1,', ',v1', 'v1,v1', 'v 1', 'v1;q=1', 'v1/2', '"v1"', 'v1,\u00a0v2', 'é'])(
  'refuses the subprotocols "%s"',
  (subprotocols) => {
    expect(statusOf(aRequest({ headers: { 'sec-websocket-protocol': subprotocols } }))).toBe(400);
  },
);

it('writes a refusal as a whole HTTP answer, its length in bytes, and closes', async () => {
  const socket = new PassThrough();

  refuse(socket, { statusCode: 403, body: 'José', headers: { 'x-amzn-ErrorType': 'Why' } }, 'id=');

  expect(await text(socket)).toBe(
    [
      'HTTP/1.1 403 Forbidden',
      'content-type: application/json',
      'content-length: 5',
      'x-amzn-RequestId: id=',
      'x-amzn-ErrorType: Why',
      'connection: close',
      '',
      'José',
    ].join('\r\n'),
  );
});

it('finds a word for statuses that have none', async () => {
  const socket = new PassThrough();

  refuse(socket, { statusCode: 599, body: '' }, 'id=');

  expect(await text(socket)).toMatch(/^HTTP\/1\.1 599 Refused\r\n/);
});
