import { expect, it } from 'vitest';
import { readConnectResult } from './connectResult.ts';

const returned = (result: unknown) => readConnectResult({ status: 'returned', result });

it.for([200, 201, 204, 299])('admits with %i', (statusCode) => {
  expect(returned({ statusCode })).toEqual({ status: 'admitted', subprotocol: undefined });
});

it.for(['Sec-WebSocket-Protocol', 'sec-websocket-protocol', 'SEC-WEBSOCKET-PROTOCOL'])(
  'reads the subprotocol from %s',
  (header) => {
    expect(returned({ statusCode: 200, headers: { Server: 'x', [header]: 'v1' } })).toEqual({
      status: 'admitted',
      subprotocol: 'v1',
    });
  },
);

it.for([[undefined], [null], [{}], [{ 'Sec-WebSocket-Protocol': 1 }]])(
  'admits without a subprotocol when the headers are %j',
  ([headers]) => {
    expect(returned({ statusCode: 200, headers })).toEqual({ status: 'admitted', subprotocol: undefined });
  },
);

it.for([300, 301, 400, 403, 500, 599])('refuses with %i and the body', (statusCode) => {
  expect(returned({ statusCode, body: 'no' })).toEqual({
    status: 'refused',
    refusal: { statusCode, body: 'no' },
  });
});

it.for([[undefined], [null], [1], [{}]])('refuses in its own words when the body is %j', ([body]) => {
  expect(returned({ statusCode: 403, body })).toMatchObject({ refusal: { body: '{"message":"Forbidden"}' } });
});

it.for([
  [undefined],
  [null],
  [200],
  ['200'],
  [{}],
  [[]],
  [{ statusCode: '200' }],
  [{ statusCode: 199 }],
  [{ statusCode: 600 }],
  [{ statusCode: 200.5 }],
])('takes %j for malformed', ([result]) => {
  expect(returned(result)).toMatchObject({ status: 'malformed', refusal: { statusCode: 502 } });
});

it('refuses a failure with 502, no result in time with 504', () => {
  expect(readConnectResult({ status: 'failed' })).toMatchObject({ refusal: { statusCode: 502 } });
  expect(readConnectResult({ status: 'timed-out', late: new Promise(() => {}) })).toMatchObject({
    refusal: { statusCode: 504 },
  });
});
