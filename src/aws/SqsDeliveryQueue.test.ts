import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deliveryQueueContract } from '../../test/contracts/deliveryQueue.ts';
import { aConnection } from '../../test/harness/connections.ts';
import { EventSourceMapping } from '../../test/harness/queue/EventSourceMapping.ts';
import { StandardQueue } from '../../test/harness/queue/StandardQueue.ts';
import { type Obstacle, startQueueServer } from '../../test/harness/queue/startQueueServer.ts';
import type { Delivery } from '../meeting/ports.ts';
import { SqsDeliveryQueue } from './SqsDeliveryQueue.ts';
import { type QueueEvent, workThrough } from './workThrough.ts';

/** A queue behind the SDK, on a clock that the test moves. */
async function aQueue(obstacle?: (entryIds: readonly string[]) => Obstacle | undefined) {
  let nowMs = 0;
  const standard = new StandardQueue({ visibilityMs: 90_000, maxReceives: 5, nowMs: () => nowMs });
  const batches: (readonly string[])[] = [];
  const server = await startQueueServer(standard, ({ Entries }) => {
    const ids = Entries.map(({ Id }) => Id);
    batches.push(ids);
    return obstacle?.(ids);
  });
  onTestFinished(server.stop);
  const client = new SQSClient({
    ...{ region: 'us-east-1', endpoint: server.url },
    credentials: { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'test-secret' },
    maxAttempts: 1,
  });
  const queueUrl = `${server.url}/123456789012/CloudMeetXDeliveries`;
  const queue = new SqsDeliveryQueue({ client, queueUrl, sleep: async () => {}, random: () => 0.5 });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { queue, standard, batches, pass };
}

deliveryQueueContract('SQS', async (worker) => {
  const { queue, standard, pass } = await aQueue();
  const mapping = new EventSourceMapping({
    queue: standard,
    invoke: (event) => workThrough(event as QueueEvent, worker, () => {}),
    batchSize: 4,
    concurrency: 2,
  });
  return {
    queue,
    async advance(ms) {
      pass(ms);
      await mapping.settle();
    },
  };
});

const deliveries = (count: number, text = '{}'): Delivery[] =>
  Array.from({ length: count }, (_, delays) => ({
    recipients: [aConnection()],
    payload: { seq: 1, text },
    sinceMs: 0,
    delays,
  }));

describe('SqsDeliveryQueue', () => {
  it('[DQ1] hands over ten at once, and no more than SQS takes at once', async () => {
    const { queue, batches } = await aQueue();
    await queue.enqueue(deliveries(25), 0);
    expect(batches.map((ids) => ids.length).sort()).toEqual([10, 10, 5]);
    batches.length = 0;
    await queue.enqueue(deliveries(5, 'x'.repeat(100_000)), 0);
    expect(batches.map((ids) => ids.length).sort()).toEqual([1, 2, 2]);
  });

  it('[DQ1] hands over again what of a batch was refused, and only that', async () => {
    let refusing: readonly string[] = ['1', '2'];
    const { queue, standard, batches } = await aQueue(() => {
      const failed = new Set(refusing);
      refusing = [];
      return { kind: 'partial', failed, senderFault: false };
    });
    await queue.enqueue(deliveries(3), 0);
    expect(batches).toEqual([
      ['0', '1', '2'],
      ['1', '2'],
    ]);
    expect(standard.size).toBe(3);
  });

  it.each<[string, Obstacle, number]>([
    ['goes on refusing', { kind: 'partial', failed: new Set(['0']), senderFault: false }, 4],
    ['can never take it', { kind: 'partial', failed: new Set(['0']), senderFault: true }, 1],
    ['does not answer well', { kind: 'refuse', status: 503, type: 'ServiceUnavailable' }, 1],
    ['lets nobody in', { kind: 'refuse', status: 403, type: 'AccessDeniedException' }, 1],
  ])('[DQ1] rejects if the queue %s', async (_name, obstacle, calls) => {
    const { queue, batches } = await aQueue(() => obstacle);
    await expect(queue.enqueue(deliveries(1), 0)).rejects.toThrow();
    expect(batches).toHaveLength(calls);
  });

  it('[DQ2] lays aside what is no delivery, after telling of it', async () => {
    const { standard, pass } = await aQueue();
    const unreadable: unknown[] = [];
    const done: Delivery[] = [];
    const mapping = new EventSourceMapping({
      queue: standard,
      invoke: (event) =>
        workThrough(
          event as QueueEvent,
          async (delivery) => void done.push(delivery),
          (error) => unreadable.push(error),
        ),
      batchSize: 4,
      concurrency: 1,
    });
    for (const body of ['{}', 'hello', '{"version":2}\n{}', '{"version":1}\n{}']) standard.send(body, 0);
    for (let times = 0; times < 6; times++) {
      await mapping.settle();
      pass(90_000);
    }
    expect(standard.deadLetters).toHaveLength(4);
    expect(unreadable).toHaveLength(20);
    expect(done).toEqual([]);
  });
});
