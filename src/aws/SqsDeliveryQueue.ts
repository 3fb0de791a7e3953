import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Delivery, DeliveryQueue } from '../meeting/ports.ts';
import { encodeDelivery } from './deliveryMessages.ts';
import type { Backoff } from './transact.ts';

/** What handing over to SQS needs. */
export type SqsDeliveryQueueOptions = Backoff & {
  readonly client: SQSClient;
  readonly queueUrl: string;
};

const ATTEMPTS = 4;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const BATCH_ENTRIES = 10;
/** A quarter of what SQS takes at once today, and all that it took before August 2025. */
const BATCH_BYTES = 262_144;

type Batch = readonly SendMessageBatchRequestEntry[];

/** {@link DeliveryQueue} on a standard queue of SQS: a message a delivery, whose worker is the function `deliver`. */
export class SqsDeliveryQueue implements DeliveryQueue {
  readonly #options: SqsDeliveryQueueOptions;

  constructor(options: SqsDeliveryQueueOptions) {
    this.#options = options;
  }

  async enqueue(deliveries: readonly Delivery[], delayMs: number): Promise<void> {
    const DelaySeconds = Math.ceil(delayMs / 1000);
    const entries = deliveries.map((delivery, index) => {
      return { Id: String(index), MessageBody: encodeDelivery(delivery), DelaySeconds };
    });
    await Promise.all(batchesOf(entries).map((batch) => this.#send(batch)));
  }

  /** Some of a batch may be refused, even when the answer is 200. */
  async #send(batch: Batch): Promise<void> {
    const { client, queueUrl: QueueUrl, sleep, random } = this.#options;
    let Entries = batch;
    for (let tries = 1; ; tries++) {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({ QueueUrl, Entries: [...Entries] }),
      );
      const [first] = Failed;
      if (!first) return;
      if (tries === ATTEMPTS || Failed.some(({ SenderFault }) => SenderFault)) {
        throw new Error(`${Failed.length} deliveries were refused: ${first.Code} ${first.Message ?? ''}`);
      }
      Entries = Entries.filter(({ Id }) => Failed.some((failed) => failed.Id === Id));
      await sleep(random() * 50 * 2 ** tries);
    }
  }
}

function batchesOf(entries: Batch): readonly Batch[] {
  const batches: SendMessageBatchRequestEntry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.MessageBody ?? '');
    bytes += size;
    const last = batches.at(-1);
    if (last && last.length < BATCH_ENTRIES && bytes <= BATCH_BYTES) {
      last.push(entry);
      continue;
    }
    batches.push([entry]);
    bytes = size;
  }
  return batches;
}
