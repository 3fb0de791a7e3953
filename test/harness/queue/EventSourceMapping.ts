import type { QueuedMessage, StandardQueue } from './StandardQueue.ts';

/** Which function a queue's messages go to, and how. */
export type EventSourceMappingOptions = {
  readonly queue: StandardQueue;
  readonly invoke: (event: unknown) => Promise<unknown>;
  readonly batchSize: number;
  /** Batches that are handled at once. */
  readonly concurrency: number;
};

type BatchResult = { readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[] } | null;

/**
 * What Lambda's poller does: hands batches to a function, and deletes what it doesn't name as failed; nothing of a batch
 * whose invocation failed. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export class EventSourceMapping {
  readonly #options: EventSourceMappingOptions;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: EventSourceMappingOptions) {
    this.#options = options;
  }

  /** Takes up what there is to take up now. */
  poll(): void {
    const { queue, batchSize, concurrency } = this.#options;
    while (this.#underWay.size < concurrency) {
      const batch = queue.receive(batchSize);
      if (batch.length === 0) return;
      const handled = this.#handle(batch).finally(() => this.#underWay.delete(handled));
      this.#underWay.add(handled);
    }
  }

  /** Takes up what there is until nothing can be seen in the queue and nothing is under way. */
  async settle(): Promise<void> {
    for (this.poll(); this.#underWay.size > 0; this.poll()) await Promise.all(this.#underWay);
  }

  async #handle(batch: readonly QueuedMessage[]): Promise<void> {
    const { queue, invoke } = this.#options;
    try {
      const result = (await invoke({ Records: batch.map(recordOf) })) as BatchResult;
      const failed = new Set(result?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
      for (const { messageId } of batch) if (!failed.has(messageId)) queue.delete(messageId);
    } catch {
      // They are seen again when their time of being hidden is over.
    }
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
const recordOf = ({ messageId, body, receives, sentAtMs }: QueuedMessage) => ({
  messageId,
  receiptHandle: messageId,
  body,
  attributes: { ApproximateReceiveCount: String(receives), SentTimestamp: String(sentAtMs) },
  messageAttributes: {},
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:CloudMeetXDeliveries',
  awsRegion: 'us-east-1',
});
