import type { CallRecord } from '../CallRecord.ts';
import type { StartedFunction } from '../lambdaFunctions.ts';
import { EventSourceMapping } from './EventSourceMapping.ts';
import { StandardQueue } from './StandardQueue.ts';
import { startQueueServer } from './startQueueServer.ts';

/** How long a message that a worker took up is kept from others: short, since tests wait for it. */
const VISIBILITY_MS = 1000;
const POLL_MS = 20;
/** As in infra. */
const MAX_RECEIVES = 5;

/** The queue of deliveries of a deployment on a laptop. */
export type DeliveryQueueServer = {
  readonly url: string;
  readonly queue: StandardQueue;
  /** Hands what comes to the function that the queue invokes. */
  invoke(functions: readonly StartedFunction[]): void;
  stop(): void;
};

/** Starts a queue that takes messages from who may send them. */
export async function startDeliveryQueue(record: CallRecord): Promise<DeliveryQueueServer> {
  const queue = new StandardQueue({
    visibilityMs: VISIBILITY_MS,
    maxReceives: MAX_RECEIVES,
    nowMs: Date.now,
  });
  const server = await startQueueServer(queue, ({ QueueUrl }) => {
    const [functionName = ''] = new URL(QueueUrl).pathname.split('/').filter(Boolean);
    const granted = record.permits(functionName, 'SendMessage on the delivery queue');
    return granted ? undefined : { kind: 'refuse', status: 403, type: 'AccessDeniedException' };
  });
  let timer: NodeJS.Timeout | undefined;
  return {
    url: server.url,
    queue,
    invoke(functions) {
      for (const { name, trigger, lambda } of functions) {
        if (trigger.kind !== 'queue') continue;
        for (const action of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']) {
          record.permits(name, `${action} on the delivery queue`);
        }
        const mapping = new EventSourceMapping({
          queue,
          invoke: (event) => lambda.invokeAs(crypto.randomUUID(), event),
          ...{ batchSize: trigger.batchSize, concurrency: 2 },
        });
        timer = setInterval(() => mapping.poll(), POLL_MS);
      }
    },
    stop() {
      clearInterval(timer);
      server.stop();
    },
  };
}
