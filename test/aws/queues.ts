import { deployedFunctions } from '../../infra/deployedFunctions.ts';
import { motoRegion } from '../harness/moto.ts';
import { queueNameIn } from './recordingQueue.ts';
import type { Walkthrough } from './Walkthrough.ts';

/** A function that a queue invokes. */
export type DeployedMapping = {
  readonly UUID: string;
  readonly EventSourceArn: string;
  readonly FunctionArn: string;
  readonly State: string;
  readonly BatchSize: number;
  readonly FunctionResponseTypes?: readonly string[];
};

/** The names of the account's queues. */
export async function queueNames(walk: Walkthrough): Promise<readonly string[]> {
  const urls = await walk.aws<readonly string[] | null>('sqs', 'list-queues', '--query', 'QueueUrls');
  return (urls ?? []).map(queueNameIn).toSorted();
}

/** Which function is invoked by which queue, and how. */
export async function getMappings(walk: Walkthrough): Promise<readonly DeployedMapping[]> {
  return walk.aws('lambda', 'list-event-source-mappings', '--query', 'EventSourceMappings');
}

/** What matters of a queue. */
export async function describeQueue(walk: Walkthrough, name: string) {
  const attributes = await attributesOf(walk, name);
  return {
    MessageRetentionPeriod: Number(attributes.MessageRetentionPeriod),
    VisibilityTimeout: Number(attributes.VisibilityTimeout),
    SqsManagedSseEnabled: attributes.SqsManagedSseEnabled,
    RedrivePolicy: attributes.RedrivePolicy && JSON.parse(attributes.RedrivePolicy),
    Policy: attributes.Policy && JSON.parse(attributes.Policy),
  };
}

/** How many messages a queue holds, whether they can be seen, are being dealt with, or wait. */
export async function countMessages(walk: Walkthrough, name: string): Promise<number> {
  const attributes = await attributesOf(walk, name);
  return ['', 'NotVisible', 'Delayed'].reduce(
    (sum, kind) => sum + Number(attributes[`ApproximateNumberOfMessages${kind}`]),
    0,
  );
}

async function attributesOf(walk: Walkthrough, name: string): Promise<Readonly<Record<string, string>>> {
  const queueUrl = await walk.aws<string>(
    ...['sqs', 'get-queue-url', '--queue-name', name, '--query', 'QueueUrl'],
  );
  const ask = ['sqs', 'get-queue-attributes', '--queue-url', queueUrl, '--attribute-names', 'All'];
  return walk.aws(...ask, '--query', 'Attributes');
}

/** The queue of deliveries and that of its dead letters as they have to be: the same as the CDK app's. */
export function deliveryQueues(accountId: string) {
  const arnOf = (name: string) => `arn:aws:sqs:${motoRegion}:${accountId}:${name}`;
  const [worker] = workers;
  return {
    CloudMeetXDeliveries: {
      MessageRetentionPeriod: 3600,
      VisibilityTimeout: 6 * Number(worker?.timeoutSeconds),
      SqsManagedSseEnabled: 'true',
      RedrivePolicy: { deadLetterTargetArn: arnOf('CloudMeetXDeadDeliveries'), maxReceiveCount: 5 },
      Policy: tlsOnly(arnOf('CloudMeetXDeliveries')),
    },
    CloudMeetXDeadDeliveries: {
      MessageRetentionPeriod: 4 * 86_400,
      VisibilityTimeout: 30,
      SqsManagedSseEnabled: 'true',
      RedrivePolicy: undefined,
      Policy: tlsOnly(arnOf('CloudMeetXDeadDeliveries')),
    },
  };
}

/** The mappings as they have to be, by the same. */
export const deliveryMappings = (accountId: string) =>
  workers.map(({ name, batchSize }) => ({
    EventSourceArn: `arn:aws:sqs:${motoRegion}:${accountId}:CloudMeetXDeliveries`,
    FunctionArn: `arn:aws:lambda:${motoRegion}:${accountId}:function:CloudMeetX-${name}`,
    State: 'Enabled',
    BatchSize: batchSize,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  }));

const workers = Object.entries(deployedFunctions).flatMap(([name, { trigger, timeoutSeconds }]) =>
  trigger.kind === 'queue' ? [{ name, timeoutSeconds, batchSize: trigger.batchSize }] : [],
);

const tlsOnly = (arn: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 'sqs:*',
      Resource: arn,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
});
