import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { meetingId, roomy } from '../../test/contracts/meetings/start.ts';
import { type RateLimitUnderTest, rateLimitContract } from '../../test/contracts/rateLimit.ts';
import { aConnection } from '../../test/harness/connections.ts';
import { describeOnDynamoDB } from '../../test/harness/dynamoMeetings.ts';
import { FakeDynamoDB, type FakeDynamoDBOptions } from '../../test/harness/FakeDynamoDB.ts';
import { injectFaults } from '../../test/harness/faults.ts';
import { type Random, seededRandom, seedOfRun } from '../../test/harness/random.ts';
import { recordCalls } from '../../test/harness/recordCalls.ts';
import type { ConnectionId } from '../protocol/ids.ts';
import { DynamoRateLimit } from './DynamoRateLimit.ts';
import type { TableNames } from './store.ts';

const alice = 'alice-1' as ConnectionId;
const usual = { messagesPerSecond: 50, burst: 100 };
const fakeTables = { connections: 'connections', meetings: 'meetings' };

type Given = {
  readonly documents: DynamoDBDocumentClient;
  readonly tables: TableNames;
  readonly now: () => number;
  readonly settings?: { readonly messagesPerSecond: number; readonly burst: number };
};

/** One of the instances that share a table. */
const instance = ({ settings = usual, ...store }: Given) =>
  new DynamoRateLimit(
    { ...store, newId: () => crypto.randomUUID(), sleep: async () => {}, random: Math.random },
    settings,
  );

const fakeDynamoDB = (options?: FakeDynamoDBOptions) =>
  new FakeDynamoDB({ connections: { partition: 'connectionId' } }, options);

function underTest(documents: DynamoDBDocumentClient, tables: TableNames): RateLimitUnderTest {
  let nowMs = Date.UTC(2026, 10, 22);
  const settings = { messagesPerSecond: 10, burst: 5 };
  const rateLimit = instance({ documents, tables, now: () => nowMs, settings });
  return {
    rateLimit,
    advance: (ms) => {
      nowMs += ms;
    },
    remembered: () => rateLimit.size,
  };
}

const seed = seedOfRun();
console.log(`rate limits: SEED=${seed}`);

rateLimitContract('DynamoDB as the model tests have it', async () =>
  underTest(fakeDynamoDB().client(), fakeTables),
);

describeOnDynamoDB('DynamoRateLimit', ({ connect, start }) => {
  const create = async (documents: DynamoDBDocumentClient) =>
    underTest(documents, (await start(connect())).tables);
  rateLimitContract('DynamoDB', () => create(connect()));
  const random = seededRandom(seed);
  rateLimitContract(`DynamoDB with conflicts, throttling and lost answers (SEED=${seed})`, () =>
    create(injectFaults(connect(), random)),
  );

  it('[RT1] never grants more than the limit to a hundred instances at once', async () => {
    const { tables } = await start(connect());
    const clients = Array.from({ length: 4 }, connect);
    const calls = clients.map(recordCalls);
    const instances = Array.from({ length: 100 }, (_, n) => {
      const documents = clients[n % clients.length] as DynamoDBDocumentClient;
      return instance({ documents, tables, now: Date.now });
    });
    const beganAtMs = Date.now();
    let asked = 0;
    let granted = 0;
    const ask = async (rateLimit: DynamoRateLimit) => {
      for (let n = 0; n < 10; n++) {
        asked++;
        if ((await rateLimit.take(alice)).outcome === 'granted') granted++;
        await new Promise(setImmediate);
      }
    };
    await Promise.all(instances.map(ask));
    const elapsedMs = Date.now() - beganAtMs;
    const writes = calls.flat().length;
    console.info(
      `100 instances: ${asked} messages in ${elapsedMs} ms, ${granted} granted, ${writes} writes, ${(writes / asked).toFixed(2)} a message`,
    );
    for (const client of clients) client.destroy();
    expect(granted).toBeGreaterThan(0);
    // Both ends of the time are those of a clock that shows whole milliseconds.
    expect(granted).toBeLessThanOrEqual(100 + (50 * (elapsedMs + 1)) / 1000);
  });

  it('[MT5][MT9] keeps items that nobody takes for a connection', async () => {
    const documents = connect();
    const { meetings, tables } = await start(documents);
    const connection = aConnection({ connectionId: alice });
    await meetings.connect(connection, roomy);
    await instance({ documents, tables, now: Date.now }).take(alice);
    const found = [];
    for await (const batch of meetings.connectedBefore(Date.UTC(2100, 0))) found.push(...batch);
    expect(found).toEqual([connection]);
    const connectionId = `rate#${alice}` as ConnectionId;
    expect(await meetings.find(connectionId)).toBeUndefined();
    expect(await meetings.recipients({ kind: 'connection', meetingId, connectionId })).toEqual([]);
  });
});

/** Takes for one connection through several instances, at random times, and keeps when each grant was asked for. */
async function play(
  random: Random,
  options: { readonly skewMs?: number; readonly fake?: FakeDynamoDBOptions },
) {
  const { skewMs = 0, fake } = options;
  const settings = {
    messagesPerSecond: random.pick([1, 3, 10, 50, 1000]),
    burst: random.pick([1, 2, 5, 100]),
  };
  const fates = { arrive: async () => random.pick(['done', 'done', 'done', 'throttled', 'lost'] as const) };
  const documents = fakeDynamoDB(fake).client({
    ...fates,
    prepared: async () => {},
    answer: async () => {},
  });
  let nowMs = Date.UTC(2026, 10, 22);
  const newInstance = () => {
    const aheadMs = random.below(skewMs + 1);
    return instance({ documents, tables: fakeTables, now: () => nowMs + aheadMs, settings });
  };
  const instances = Array.from({ length: 1 + random.below(6) }, newInstance);
  const grantedAtMs: number[] = [];
  const intervalMs = 1000 / settings.messagesPerSecond;
  for (let round = 0; round < 150; round++) {
    const pauses = [0, 0, intervalMs / 3, intervalMs, intervalMs * 4, intervalMs * settings.burst];
    nowMs += Math.floor(random.next() * random.pick(pauses));
    // Now and then one is gone, with what it has leased.
    if (random.next() < 0.05) instances[random.below(instances.length)] = newInstance();
    const askedAtMs = nowMs;
    const takes = Array.from({ length: 1 + random.below(4) }, () => random.pick(instances).take(alice));
    for (const result of await Promise.allSettled(takes)) {
      if (result.status === 'fulfilled' && result.value.outcome === 'granted') grantedAtMs.push(askedAtMs);
    }
  }
  return { grantedAtMs, ...settings };
}

/** By how many messages at most a window of time, any window, has more than its limit. */
function excess(
  { grantedAtMs, messagesPerSecond, burst }: Awaited<ReturnType<typeof play>>,
  skewMs = 0,
): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const [from, fromMs] of grantedAtMs.entries()) {
    for (let to = from; to < grantedAtMs.length; to++) {
      const windowMs = (grantedAtMs[to] ?? 0) - fromMs + skewMs;
      most = Math.max(most, to - from + 1 - burst - (messagesPerSecond * windowMs) / 1000);
    }
  }
  return most;
}

describe('leases', () => {
  const runs = (options: Parameters<typeof play>[1]) =>
    Promise.all(Array.from({ length: 100 }, (_, n) => play(seededRandom(seed + n), options)));

  it(`[RT1] never grant more than the limit, in whatever window of time (SEED=${seed})`, async () => {
    for (const run of await runs({})) expect(excess(run)).toBeLessThanOrEqual(1e-9);
  });

  it(`[RT1] grant no more than what clocks differ by, where they do (SEED=${seed})`, async () => {
    for (const run of await runs({ skewMs: 500 })) expect(excess(run, 500)).toBeLessThanOrEqual(1e-9);
  });

  it('[RT1] would be found out without conditions', async () => {
    const excesses = (await runs({ fake: { ignoreConditions: true } })).map((run) => excess(run));
    expect(Math.max(...excesses)).toBeGreaterThan(1);
  });

  it.each([10, 20, 50])('[RT1] cost at most a write in five messages, at %i a second', async (perSecond) => {
    const { granted, writes, asked } = await steady(perSecond, 1);
    console.info(
      `${perSecond} messages a second, one instance: ${(writes / asked).toFixed(3)} writes a message`,
    );
    expect(granted).toBe(asked);
    expect(writes / asked).toBeLessThanOrEqual(0.2);
  });

  it.each([10, 30, 40])('[RT1] of three instances leave room for %i a second', async (perSecond) => {
    const { granted, writes, asked } = await steady(perSecond, 3);
    console.info(
      `${perSecond} messages a second, three instances: ${(writes / asked).toFixed(3)} writes a message, ${asked - granted} of ${asked} refused`,
    );
    expect(granted).toBe(asked);
  });

  it('[RT1] give back what is not used of them', async () => {
    let nowMs = 0;
    const rateLimit = instance({ documents: fakeDynamoDB().client(), tables: fakeTables, now: () => nowMs });
    for (let n = 0; n < 50; n++) {
      nowMs += 100;
      await rateLimit.take(alice);
    }
    nowMs += 100;
    let granted = 0;
    while ((await rateLimit.take(alice)).outcome === 'granted') granted++;
    expect(granted).toBe(100);
  });

  it('[RT2] are waited for by no call while it is known that there are none', async () => {
    const documents = fakeDynamoDB().client();
    const rateLimit = instance({ documents, tables: fakeTables, now: () => 1000 });
    while ((await rateLimit.take(alice)).outcome === 'granted');
    documents.send = () => Promise.reject(new Error('a call'));
    expect(await rateLimit.take(alice)).toEqual({ outcome: 'refused', retryAfterMs: 20 });
  });

  async function steady(perSecond: number, count: number) {
    const random = seededRandom(seed);
    let nowMs = 0;
    let writes = 0;
    const arrive = async () => {
      writes++;
      return 'done' as const;
    };
    const documents = fakeDynamoDB().client({ arrive, prepared: async () => {}, answer: async () => {} });
    const instances = Array.from({ length: count }, () =>
      instance({ documents, tables: fakeTables, now: () => nowMs }),
    );
    const asked = 1000;
    let granted = 0;
    for (let n = 0; n < asked; n++) {
      nowMs += 1000 / perSecond;
      if ((await random.pick(instances).take(alice)).outcome === 'granted') granted++;
    }
    return { granted, writes, asked };
  }
});

it('[LM3] makes no call at all when the limit is off', async () => {
  const documents = fakeDynamoDB().client();
  documents.send = () => Promise.reject(new Error('a call'));
  const settings = { messagesPerSecond: 0, burst: 1 };
  const rateLimit = instance({ documents, tables: fakeTables, now: () => 0, settings });
  for (let n = 0; n < 1000; n++) expect(await rateLimit.take(alice)).toEqual({ outcome: 'granted' });
});

it('[RT1] rejects when the store fails, and neither grants nor refuses', async () => {
  const documents = fakeDynamoDB().client();
  const failure = Object.assign(new Error('down'), { $metadata: { httpStatusCode: 400 } });
  documents.send = () => Promise.reject(failure);
  await expect(instance({ documents, tables: fakeTables, now: () => 0 }).take(alice)).rejects.toBe(failure);
});
