import { describe, expect, it } from 'vitest';
import type { AuthorizerEvent, ConnectEvent } from '../../src/gateway/events.ts';
import type { GatewayOptions } from '../../src/gateway/options.ts';
import { policyFor } from '../harness/authorizers.ts';
import { deferred, startGateway } from '../harness/gateway.ts';
import { echo, recorder } from '../harness/integrations.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { RawClient } from '../harness/RawClient.ts';
import { startRecordingGateway } from '../harness/recordingGateway.ts';

/** Requests say themselves where they come from, as one proxy in front would. */
const sourceOf: NonNullable<GatewayOptions['sourceOf']> = ({ headers }) => ({
  address: String(headers['x-from'] ?? '203.0.113.7'),
  protocol: 'https',
  forwarded: 1,
});

async function attempt(url: string, headers: Readonly<Record<string, string>> = {}) {
  const client = await RawClient.connect(url);
  client.sendUpgrade({ headers });
  return { client, ...(await client.answer) };
}

const from = (address: string) => ({ 'X-From': address });

describe('connections of one address', () => {
  it('[GO6] are refused with 429 beyond the limit, before $connect, until one has closed', async () => {
    const { url, $connect, $disconnect } = await startRecordingGateway({
      sourceOf,
      addressLimits: { connections: 2 },
    });
    const first = await attempt(url);
    expect(first.statusCode).toBe(101);
    expect((await attempt(url)).statusCode).toBe(101);

    const third = await attempt(url);
    expect(third).toMatchObject({ statusCode: 429, body: '{"message":"Too Many Requests"}' });
    expect((await attempt(url, from('203.0.113.8'))).statusCode).toBe(101);
    expect($connect.events).toHaveLength(3);

    first.client.destroy();
    await $disconnect.next();
    expect((await attempt(url)).statusCode).toBe(101);
    expect((await attempt(url)).statusCode).toBe(429);
  });

  it('[GO6] count from before the authorizer and $connect decide, and no longer when they refused', async () => {
    const admission = deferred<unknown>();
    const $connect = recorder<ConnectEvent>(() => admission.promise);
    const { url } = await startGateway({
      routes: { $connect: $connect.route, messages: { $default: echo } },
      sourceOf,
      addressLimits: { connections: 1 },
    });
    const waiting = attempt(url);
    await $connect.next();
    expect((await attempt(url)).statusCode).toBe(429);
    admission.resolve({ statusCode: 403 });
    const { client, statusCode } = await waiting;
    expect(statusCode).toBe(403);
    await client.closed;
    expect((await attempt(url)).statusCode).toBe(403);
    expect($connect.events).toHaveLength(2);
  });

  it('[GO6] are as many as they like unless a limit is given, and where they are exempt', async () => {
    const { url } = await startRecordingGateway();
    const limited = await startRecordingGateway({
      addressLimits: { connections: 1, exempts: (address) => address === '127.0.0.1' },
    });
    for (let times = 0; times < 120; times++) expect((await attempt(url)).statusCode).toBe(101);
    for (let times = 0; times < 3; times++) expect((await attempt(limited.url)).statusCode).toBe(101);
  });
});

describe('failed authentications of one address', () => {
  /** Admits whoever asks with `?token=good`, fails on `?token=broken`. */
  const start = async () => {
    const clock = new ManualClock();
    const asked: string[] = [];
    const integration = async (event: AuthorizerEvent) => {
      const { token } = event.queryStringParameters;
      asked.push(String(token));
      if (token === 'broken') throw new Error('no such key');
      if (token === 'denied') return policyFor(event, { effect: 'Deny' });
      if (token !== 'good') throw new Error('Unauthorized');
      return policyFor(event);
    };
    const { url } = await startGateway({
      routes: { messages: { $default: echo } },
      authorizer: { integration },
      addressLimits: { failedAuthentications: { burst: 3, everyMs: 5000 } },
      sourceOf,
      clock,
    });
    const statusOf = async (token: string, headers = {}) =>
      (await attempt(`${url}?token=${token}`, headers)).statusCode;
    return { clock, asked, statusOf };
  };

  it('[GO7] are refused with 429 beyond so many, without asking the authorizer, until time has passed', async () => {
    const { clock, asked, statusOf } = await start();
    expect(await statusOf('bad')).toBe(401);
    expect(await statusOf('denied')).toBe(403);
    expect(await statusOf('bad')).toBe(401);
    expect(await statusOf('bad')).toBe(429);
    expect(await statusOf('good')).toBe(429);
    expect(await statusOf('good', from('203.0.113.8'))).toBe(101);
    expect(asked).toEqual(['bad', 'denied', 'bad', 'good']);

    clock.advance(5000);
    expect(await statusOf('bad')).toBe(401);
    expect(await statusOf('bad')).toBe(429);
    clock.advance(5000);
    expect(await statusOf('good')).toBe(101);
    expect(await statusOf('good')).toBe(101);
  });

  it("[GO7] are those that the authorizer refused: its own failures and who gets in don't count", async () => {
    const { statusOf } = await start();
    for (let times = 0; times < 5; times++) {
      expect(await statusOf('broken')).toBe(500);
      expect(await statusOf('good')).toBe(101);
    }
    expect(await statusOf('bad')).toBe(401);
  });
});

describe('where a request comes from', () => {
  it('[GO8] is what whoever runs the gateway says, in events and at the end of X-Forwarded-For', async () => {
    const { url, $connect, $disconnect } = await startRecordingGateway({ sourceOf });
    const forwarded = { 'X-Forwarded-For': 'forged, 198.51.100.1', 'X-Forwarded-Proto': 'gopher' };
    const { client } = await attempt(url, { ...from('198.51.100.1'), ...forwarded });
    const { headers, multiValueHeaders, requestContext } = await $connect.next();
    expect(headers).toMatchObject({
      'X-Forwarded-For': 'forged, 198.51.100.1',
      'X-Forwarded-Proto': 'https',
    });
    expect(multiValueHeaders['X-Forwarded-For']).toEqual(['forged, 198.51.100.1']);
    expect(requestContext.identity).toEqual({ sourceIp: '198.51.100.1' });
    client.destroy();
    expect((await $disconnect.next()).requestContext.identity).toEqual({ sourceIp: '198.51.100.1' });
  });

  it('[GO8] is the socket unless somebody says, whatever the request says', async () => {
    const { url, $connect } = await startRecordingGateway();
    await attempt(url, { 'X-Forwarded-For': 'forged, 198.51.100.1' });
    const { headers, requestContext } = await $connect.next();
    expect(headers['X-Forwarded-For']).toBe('forged, 198.51.100.1, 127.0.0.1');
    expect(requestContext.identity).toEqual({ sourceIp: '127.0.0.1' });
  });
});
