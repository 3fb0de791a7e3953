import { describe, expect, it } from 'vitest';
import { connectionSenderContract } from '../../test/contracts/connectionSender.ts';
import { managementApi } from '../../test/harness/managementApi.ts';
import { startRecordingGateway } from '../../test/harness/recordingGateway.ts';
import type { ConnectionId } from '../protocol/ids.ts';
import { ApiGatewaySender, type ApiGatewaySenderOptions } from './ApiGatewaySender.ts';
import type { ManagementAnswer, ManagementApi } from './ManagementApi.ts';

const accessKey = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'test-secret' };
const region = 'eu-central-1';

connectionSenderContract('API Gateway Management API', async () => {
  const { url, connect } = await startRecordingGateway({ connectionsApi: { accessKey, region } });
  return { sender: senderOn(managementApi(url, { accessKey, region })), connect };
});

describe('ApiGatewaySender', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `c${n}` as ConnectionId);

  it.each([
    [410, '', 'gone', 1],
    [400, '{"message":"Invalid connectionId: c0"}', 'gone', 1],
    [400, '{"message":"Something else"}', 'failed', 1],
    [403, '{"message":"Forbidden"}', 'failed', 1],
    [413, '', 'failed', 1],
    [429, '', 'failed', 4],
    [503, '', 'failed', 4],
    ['no answer', '', 'failed', 4],
  ] as const)('takes %s %s for %s after %i attempts', async (status, refusal, outcome, attempts) => {
    const api = new FakeApi(async () => {
      if (status === 'no answer') throw new Error('read ECONNRESET');
      return { statusCode: status, refusal };
    });
    const reports: unknown[] = [];
    const sender = senderOn(api, { report: (error) => reports.push(error) });
    expect(await sender.send(ids(1), 'x')).toEqual([outcome]);
    expect(api.calls).toBe(attempts);
    expect(reports).toHaveLength(outcome === 'failed' ? 1 : 0);
    expect(String(reports[0] ?? status)).toContain(
      status === 'no answer' ? 'did not answer' : String(status),
    );
  });

  it('sends again what was throttled, and sends it then', async () => {
    const api = new FakeApi(async (call) => ({ statusCode: call < 3 ? 429 : 200 }));
    expect(await senderOn(api).send(ids(1), 'x')).toEqual(['sent']);
    expect(api.calls).toBe(3);
  });

  it('tries nothing again when the invocation is about to end', async () => {
    const api = new FakeApi(async () => ({ statusCode: 503 }));
    expect(await senderOn(api, { remainingMs: () => 1010 }).send(ids(1), 'x')).toEqual(['failed']);
    expect(api.calls).toBe(1);
  });

  it('begins nothing that the invocation has no time left for', async () => {
    let remainingMs = 2000;
    const api = new FakeApi(async (call) => {
      if (call === 3) remainingMs = 900;
      return { statusCode: 200 };
    });
    const sender = senderOn(api, { remainingMs: () => remainingMs, concurrency: 1 });
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
      return { statusCode: 200 };
    });
    const sender = senderOn(api, { concurrency: 8 });
    const outcomes = await Promise.all([sender.send(ids(70), 'x'), sender.send(ids(30), 'y')]);
    expect(outcomes.flat()).toEqual(Array(100).fill('sent'));
    expect(most).toBe(8);
  });
});

function senderOn(
  api: Pick<ManagementApi, 'request'>,
  options: Partial<ApiGatewaySenderOptions> = {},
): ApiGatewaySender {
  return new ApiGatewaySender({
    api: () => api,
    remainingMs: () => 10_000,
    concurrency: 16,
    sleep: async () => {},
    random: () => 0.5,
    report: () => {},
    ...options,
  });
}

/** An `@connections` that answers as the test says. */
class FakeApi {
  calls = 0;
  readonly #answer: (call: number) => Promise<ManagementAnswer>;

  constructor(answer: (call: number) => Promise<ManagementAnswer>) {
    this.#answer = answer;
  }

  request(): Promise<ManagementAnswer> {
    return this.#answer(++this.calls);
  }
}
