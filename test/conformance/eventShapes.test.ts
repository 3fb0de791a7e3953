import { describe, expect, it } from 'vitest';
import type { AuthorizerEvent, MessageEvent } from '../../src/gateway/events.ts';
import { policyFor } from '../harness/authorizers.ts';
import { awsConnectEvent, awsDisconnectEvent, awsMessageEvent } from '../harness/awsEvents.ts';
import {
  authorizerSample,
  chromeHeaders,
  comparable,
  connectSample,
  disconnectSample,
  listsOf,
  messageSample,
  plainHeaders,
} from '../harness/awsSamples.ts';
import { recorder } from '../harness/integrations.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { RawClient } from '../harness/RawClient.ts';
import { closePayload, opcodes } from '../harness/rawFrames.ts';
import { startRecordingGateway } from '../harness/recordingGateway.ts';

/** The ids of a gateway whose random bytes are all zero. */
const connectionId = 'AAAAAAAAAAACAAA=';
const requestId = 'AAAAAAAAAAAFAAA=';
const messageId = 'AAAAAAAAAAACAAA=';

function startGoldenGateway() {
  const clock = new ManualClock();
  const randomBytes = (size: number) => new Uint8Array(size);
  return startRecordingGateway({ clock, randomBytes, apiId: 'a1b2c3d4e5', domainName: 'ws.example.com' });
}

/** What the request contexts of all events of the golden gateway share. */
const sharedContext = {
  extendedRequestId: requestId,
  requestTime: '22/Nov/2026:08:04:01 +0000',
  messageDirection: 'IN',
  stage: 'production',
  connectedAt: Date.UTC(2026, 10, 22, 8, 4, 1),
  requestTimeEpoch: Date.UTC(2026, 10, 22, 8, 4, 1),
  identity: { sourceIp: '127.0.0.1' },
  requestId,
  domainName: 'ws.example.com',
  connectionId,
  apiId: 'a1b2c3d4e5',
};

it('[GE2] has exactly the keys of AWS in CONNECT', async () => {
  const { url, port, $connect } = await startGoldenGateway();

  await RawClient.open(`${url}?meetingId=standup&userId=alice&userId=bob`, {
    headers: { Host: 'ws.example.com', HeaderAuth1: 'x', Cookie: ['a=1', 'b=2'] },
  });

  const headers = {
    HeaderAuth1: 'x',
    Host: 'ws.example.com',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'X-Amzn-Trace-Id': 'Root=1-6b02a1f1-000000000000000000000000',
    'X-Forwarded-For': '127.0.0.1',
    'X-Forwarded-Port': String(port),
    'X-Forwarded-Proto': 'http',
  };
  expect(await $connect.next()).toStrictEqual({
    headers: { ...headers, Cookie: 'b=2' },
    multiValueHeaders: { ...listsOf(headers), Cookie: ['a=1', 'b=2'] },
    queryStringParameters: { meetingId: 'standup', userId: 'bob' },
    multiValueQueryStringParameters: { meetingId: ['standup'], userId: ['alice', 'bob'] },
    requestContext: { ...sharedContext, routeKey: '$connect', eventType: 'CONNECT' },
    isBase64Encoded: false,
  });
});

it('[GE2] decodes query parameters, and has no key for them without any', async () => {
  const { url, $connect } = await startRecordingGateway();

  await RawClient.open(`${url}?userName=Jos%C3%A9+P%26co&flag`);
  await RawClient.open(url);
  await RawClient.open(`${url}?`);

  const [some, ...none] = $connect.events;
  expect(some?.queryStringParameters).toEqual({ userName: 'José P&co', flag: '' });
  for (const event of none) {
    expect(Object.keys(event).sort()).toEqual([
      'headers',
      'isBase64Encoded',
      'multiValueHeaders',
      'requestContext',
    ]);
  }
});

it('[GE2] keeps the spelling of headers, adds its address to X-Forwarded-For and sets the rest itself', async () => {
  const { url, port, $connect } = await startRecordingGateway();
  const forged = {
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-port': '1',
    'x-forwarded-proto': 'gopher',
    'x-amzn-trace-id': 'mine',
  };

  await RawClient.open(url, { headers: { 'x-MiXeD': 'case', ...forged } });

  const { headers } = await $connect.next();
  expect(headers).toMatchObject({
    'x-MiXeD': 'case',
    'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    'X-Forwarded-For': '203.0.113.7, 127.0.0.1',
    'X-Forwarded-Port': String(port),
    'X-Forwarded-Proto': 'http',
  });
  for (const name of [...Object.keys(forged), 'Connection', 'Upgrade'])
    expect(headers).not.toHaveProperty(name);
});

it('[GE3] has exactly the keys of AWS in MESSAGE, and the text as the client wrote it', async () => {
  const { url, $default } = await startGoldenGateway();
  const body = '{ "action":"sendMessage",  "data": "Zoë \\u00eb 👋" }\n';

  const client = await RawClient.open(`${url}?meetingId=standup`);
  client.sendFrame({ payload: body });

  expect(await $default.next()).toStrictEqual({
    requestContext: { ...sharedContext, routeKey: '$default', messageId, eventType: 'MESSAGE' },
    body,
    isBase64Encoded: false,
  });
});

it('[GE4] has exactly the keys of AWS in DISCONNECT', async () => {
  const { url, $disconnect } = await startGoldenGateway();

  const client = await RawClient.open(`${url}?meetingId=standup`);
  client.sendFrame({ opcode: opcodes.close, payload: closePayload(4001, 'bye') });

  const headers = { Host: 'ws.example.com', 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  expect(await $disconnect.next()).toStrictEqual({
    headers,
    multiValueHeaders: listsOf(headers),
    requestContext: {
      ...sharedContext,
      routeKey: '$disconnect',
      disconnectStatusCode: 4001,
      disconnectReason: 'bye',
      eventType: 'DISCONNECT',
    },
    isBase64Encoded: false,
  });
});

describe('an event equals a sample of AWS in all but ids, times and where the client is', () => {
  /** A gateway with the API of the samples, and a client that asks for what theirs asked for. */
  async function startSampled(headers: Readonly<Record<string, string>>) {
    const authorizer = recorder<AuthorizerEvent>(async (event) =>
      policyFor(event, { context: { userId: 'u-1' } }),
    );
    const sendMessage = recorder<MessageEvent>();
    const gateway = await startRecordingGateway({
      authorizer: authorizer.route,
      messages: { sendMessage: sendMessage.route },
      accountId: '123456789012',
      region: 'us-east-1',
      apiId: 'a1b2c3d4e5',
      domainName: 'a1b2c3d4e5.execute-api.us-east-1.amazonaws.com',
    });
    const client = await RawClient.open(`${gateway.url}?token=abc`, { headers });
    return { ...gateway, authorizer, sendMessage, client };
  }

  it('[GZ2] REQUEST authorizer', async () => {
    const { authorizer } = await startSampled(plainHeaders);
    expect(comparable(await authorizer.next())).toStrictEqual(comparable(authorizerSample));
  });

  it('[GE2][GZ6] CONNECT', async () => {
    const { $connect } = await startSampled(chromeHeaders);
    expect(comparable(await $connect.next())).toStrictEqual(comparable(connectSample));
  });

  it('[GE3][GZ6] MESSAGE', async () => {
    const { client, sendMessage } = await startSampled(chromeHeaders);
    client.sendFrame({ payload: messageSample.body });
    expect(comparable(await sendMessage.next())).toStrictEqual(comparable(messageSample));
  });

  it('[GE4][GC1][GZ6] DISCONNECT', async () => {
    const { client, $disconnect } = await startSampled(plainHeaders);
    client.sendFrame({ opcode: opcodes.close, payload: '' });
    expect(comparable(await $disconnect.next())).toStrictEqual(comparable(disconnectSample));
  });

  it('[GE2][GE3][GE4] and one that differs in anything else, or has an id or a time of another form, does not', () => {
    const { requestContext, ...rest } = messageSample;
    const changed = (change: object) =>
      comparable({ ...rest, requestContext: { ...requestContext, ...change } });
    expect(changed({ connectionId: 'AAAAAAAAAAACAAA=', connectedAt: Date.now() })).toEqual(
      comparable(messageSample),
    );
    for (const change of [
      { connectionId: 'alice-1' },
      { requestTime: '2023-11-29T08:04:03Z' },
      { connectedAt: 1701245041 },
      { identity: { sourceIp: '203.0.113.7' } },
      { more: null },
    ]) {
      expect(changed(change)).not.toEqual(comparable(messageSample));
    }
  });
});

it('[GE2][GE3][GE4] and the events that handlers are tested with have the keys of those samples', () => {
  const keysOf = (event: { readonly requestContext: object }) => ({
    event: Object.keys(event).sort(),
    requestContext: Object.keys(event.requestContext)
      .filter((key) => key !== 'authorizer')
      .sort(),
  });
  expect(keysOf(awsConnectEvent({ query: { token: 'abc' } }))).toEqual(keysOf(connectSample));
  expect(keysOf(awsMessageEvent('{}'))).toEqual(keysOf(messageSample));
  expect(keysOf(awsDisconnectEvent(1005, 'left'))).toEqual(keysOf(disconnectSample));
});
