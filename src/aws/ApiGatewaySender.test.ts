import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, it } from 'vitest';
import { connectionSenderContract } from '../../test/contracts/connectionSender.ts';
import { startRecordingGateway } from '../../test/harness/recordingGateway.ts';
import type { ConnectionId } from '../protocol/ids.ts';
import { ApiGatewaySender } from './ApiGatewaySender.ts';

const accessKey = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'test-secret' };
const region = 'eu-central-1';

connectionSenderContract('API Gateway Management API', async () => {
  const { url, connect } = await startRecordingGateway({ connectionsApi: { accessKey, region } });
  const endpoint = url.replace('ws:', 'http:');
  const client = new ApiGatewayManagementApiClient({
    endpoint,
    region,
    credentials: accessKey,
    maxAttempts: 1,
  });
  return { sender: senderOn(() => client), connect };
});

describe('ApiGatewaySender', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `c${n}` as ConnectionId);

  it.each([
    ['GoneException', 410, '', 'gone', 1],
    ['Unknown', 410, '', 'gone', 1],
    ['BadRequestException', 400, 'Invalid connectionId: c0', 'gone', 1],
    ['BadRequestException', 400, 'Something else', 'failed', 1],
    ['ForbiddenException', 403, '', 'failed', 1],
    ['PayloadTooLargeException', 413, '', 'failed', 1],
    ['LimitExceededException', 429, '', 'failed', 4],
    ['Unknown', 503, '', 'failed', 4],
    ['TimeoutError', undefined, '', 'failed', 4],
  ] as const)(
    'takes %s %s %j for %s after %i attempts',
    async (name, httpStatusCode, message, outcome, attempts) => {
      const api = new FakeApi(async () => {
        throw Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
      });
      expect(await senderOn(() => api.client).send(ids(1), 'x')).toEqual([outcome]);
      expect(api.calls).toBe(attempts);
    },
  );

  it('sends again what was throttled, and sends it then', async () => {
    const api = new FakeApi(async (call) => {
      if (call < 3)
        throw Object.assign(new Error(), {
          name: 'LimitExceededException',
          $metadata: { httpStatusCode: 429 },
        });
    });
    expect(await senderOn(() => api.client).send(ids(1), 'x')).toEqual(['sent']);
    expect(api.calls).toBe(3);
  });

  it('tries nothing again when the invocation is about to end', async () => {
    const api = new FakeApi(async () => {
      throw Object.assign(new Error(), { $metadata: { httpStatusCode: 503 } });
    });
    expect(await senderOn(() => api.client, { remainingMs: () => 1010 }).send(ids(1), 'x')).toEqual([
      'failed',
    ]);
    expect(api.calls).toBe(1);
  });

  it('begins nothing that the invocation has no time left for', async () => {
    let remainingMs = 2000;
    const api = new FakeApi(async (call) => {
      if (call === 3) remainingMs = 900;
    });
    const sender = senderOn(() => api.client, { remainingMs: () => remainingMs, concurrency: 1 });
    expect(await sender.send(ids(5), 'x')).toEqual(['sent', 'sent', 'sent', 'failed', 'failed']);
    expect(api.calls).toBe(3);
  });

  it('has no more posts under way than allowed, and all of them in the end', async () => {
    let underWay = 0;
    let most = 0;
    const api = new FakeApi(async () => {
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
      underWay--;
    });
    const sender = senderOn(() => api.client, { concurrency: 8 });
    const outcomes = await Promise.all([sender.send(ids(70), 'x'), sender.send(ids(30), 'y')]);
    expect(outcomes.flat()).toEqual(Array(100).fill('sent'));
    expect(most).toBe(8);
  });
});

function senderOn(
  client: () => ApiGatewayManagementApiClient,
  options: { remainingMs?: () => number; concurrency?: number } = {},
): ApiGatewaySender {
  return new ApiGatewaySender({
    client,
    remainingMs: () => 10_000,
    concurrency: 16,
    sleep: async () => {},
    random: () => 0.5,
    report: () => {},
    ...options,
  });
}

/** The SDK's client with its way to the network replaced. */
class FakeApi {
  calls = 0;
  readonly client: ApiGatewayManagementApiClient;

  constructor(answer: (call: number) => Promise<void>) {
    this.client = new ApiGatewayManagementApiClient({
      region,
      endpoint: 'http://127.0.0.1:1',
      credentials: accessKey,
    });
    this.client.middlewareStack.add(
      () => async () => {
        await answer(++this.calls);
        return { output: { $metadata: {} }, response: {} };
      },
      { step: 'initialize', name: 'fake' },
    );
  }
}
