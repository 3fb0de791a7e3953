import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type DeployedFunction, deployedFunctions } from './deployedFunctions.ts';
import type { TriggeredFunction } from './functions.ts';
import { SetupError } from './settings.ts';

/** What is handed over to be sent, and what could not be dealt with at all. */
export type Deliveries = { readonly queue: Queue; readonly deadLetters: Queue };

/** How often a message is given to a worker before people are to look at it. */
const MAX_RECEIVES = 5;

/** Makes the queue of deliveries. Its messages hold what is said in meetings: they are encrypted, and not kept for long. */
export function createDeliveries(scope: Construct, namePrefix: string): Deliveries {
  const common = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
  const deadLetters = new Queue(scope, 'DeadDeliveries', {
    ...common,
    queueName: `${namePrefix}DeadDeliveries`,
    retentionPeriod: Duration.days(4),
  });
  const queue = new Queue(scope, 'Deliveries', {
    ...common,
    queueName: `${namePrefix}Deliveries`,
    retentionPeriod: Duration.hours(1),
    visibilityTimeout: Duration.seconds(6 * workerOf(deployedFunctions).timeoutSeconds),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVES },
  });
  return { queue, deadLetters };
}

/** Has the queue invoke its worker, which names what is to come again. The worker's role lets it take messages. */
export function addWorker(
  scope: Construct,
  functions: readonly TriggeredFunction[],
  { queue }: Deliveries,
): void {
  for (const { trigger, handler } of functions) {
    if (trigger.kind !== 'queue') continue;
    new EventSourceMapping(scope, `${handler.node.id}Queue`, {
      target: handler,
      eventSourceArn: queue.queueArn,
      batchSize: trigger.batchSize,
      reportBatchItemFailures: true,
    });
  }
}

function workerOf(functions: Readonly<Record<string, DeployedFunction>>): DeployedFunction {
  const worker = Object.values(functions).find(({ trigger }) => trigger.kind === 'queue');
  if (worker) return worker;
  throw new SetupError('No function is invoked by the queue of deliveries.');
}
