import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { LambdaFunction } from '../../src/gateway/LambdaFunction.ts';
import { testCredentials } from '../harness/dynamodb.ts';
import { motoRegion } from '../harness/moto.ts';
import { getFunction } from './deployed.ts';
import { QueuePoller } from './QueuePoller.ts';
import type { DeployedMapping } from './queues.ts';
import type { Walkthrough } from './Walkthrough.ts';

/** A function that a queue invokes. */
export type Worker = {
  /** The bodies of the messages that it was invoked with. */
  readonly taken: readonly string[];
  stop(): Promise<void>;
};

/**
 * Has a queue invoke a function, as their mapping says. moto would have Docker run the function, too, and count that as
 * received: in its account the mapping is off for as long.
 */
export async function startWorker(
  walk: Walkthrough,
  mapping: DeployedMapping,
  { lambda, queueEndpoint }: { readonly lambda: LambdaFunction; readonly queueEndpoint: string },
): Promise<Worker> {
  const turn = (how: '--enabled' | '--no-enabled') =>
    walk.aws('lambda', 'update-event-source-mapping', '--uuid', mapping.UUID, how);
  const client = sqsOf(queueEndpoint);
  const [, , , , accountId, queueName] = mapping.EventSourceArn.split(':');
  const queueUrl = `${queueEndpoint}/${accountId}/${queueName}`;
  await checkVisibility(walk, mapping.FunctionArn, { client, queueUrl });
  await turn('--no-enabled');
  const poller = new QueuePoller({
    ...{ client, queueUrl, batchSize: mapping.BatchSize, responseTypes: mapping.FunctionResponseTypes ?? [] },
    invoke: (event) => lambda.invokeAs(crypto.randomUUID(), event),
  });
  poller.start();
  return {
    taken: poller.taken,
    async stop() {
      await poller.stop();
      client.destroy();
      await lambda.close();
      await turn('--enabled');
    },
  };
}

/** A client of the emulated account's SQS. */
export const sqsOf = (endpoint: string): SQSClient =>
  new SQSClient({ endpoint, region: motoRegion, credentials: testCredentials });

/** Lambda takes no queue that would show a message to others while the function works on it. */
async function checkVisibility(
  walk: Walkthrough,
  functionArn: string,
  { client, queueUrl: QueueUrl }: { readonly client: SQSClient; readonly queueUrl: string },
): Promise<void> {
  const [{ FunctionName, Timeout }, { Attributes }] = await Promise.all([
    getFunction(walk, functionArn),
    client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout'] })),
  ]);
  if (Number(Attributes?.VisibilityTimeout) >= Timeout) return;
  throw new Error(`${QueueUrl} waits for ${FunctionName} shorter than that may take`);
}
