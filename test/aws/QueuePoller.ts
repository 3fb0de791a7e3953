import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** Which queue's messages go to which function, and how. */
export type QueuePollerOptions = {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly batchSize: number;
  /** Whether what the function returns is asked which messages have failed; otherwise all of them have been dealt with. */
  readonly responseTypes: readonly string[];
  readonly invoke: (event: unknown) => Promise<unknown>;
};

type BatchResult = { readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[] } | null;

/** What Lambda does for an event source mapping, on a queue of SQS that is reached by the network. */
export class QueuePoller {
  readonly #options: QueuePollerOptions;
  readonly #taken: string[] = [];
  readonly #end = new AbortController();
  #polling: Promise<void> | undefined;

  constructor(options: QueuePollerOptions) {
    this.#options = options;
  }

  /** The bodies of the messages that the function was invoked with. */
  get taken(): readonly string[] {
    return this.#taken;
  }

  /** Hands over what there is, and what comes until it is stopped. */
  start(): void {
    this.#polling = this.#poll();
    // It is for `stop` to tell of it.
    this.#polling.catch(() => {});
  }

  /** Hands over what can be seen in the queue, until there is nothing. */
  async drain(): Promise<void> {
    for (;;) {
      const batch = await this.#receive(0);
      if (batch.length === 0) return;
      await this.#handle(batch);
    }
  }

  /** Ends when the function has dealt with what it was given. Rejects with what went wrong since the start. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#polling;
  }

  async #poll(): Promise<void> {
    while (!this.#end.signal.aborted) {
      const batch = await this.#receive(1);
      if (batch.length > 0) await this.#handle(batch);
    }
  }

  async #receive(WaitTimeSeconds: number): Promise<readonly Message[]> {
    const { client, queueUrl: QueueUrl, batchSize: MaxNumberOfMessages } = this.#options;
    const command = { QueueUrl, MaxNumberOfMessages, WaitTimeSeconds };
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ ...command, MessageSystemAttributeNames: ['All'] }),
    );
    return Messages;
  }

  async #handle(batch: readonly Message[]): Promise<void> {
    const { client, queueUrl: QueueUrl, responseTypes, invoke } = this.#options;
    this.#taken.push(...batch.map(({ Body = '' }) => Body));
    const result = (await invoke({ Records: batch.map(recordOf) })) as BatchResult;
    const reported = responseTypes.includes('ReportBatchItemFailures') ? result?.batchItemFailures : [];
    const failed = new Set(reported?.map(({ itemIdentifier }) => itemIdentifier));
    const done = batch.filter(({ MessageId = '' }) => !failed.has(MessageId));
    if (done.length === 0) return;
    const Entries = done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
const recordOf = ({ MessageId, ReceiptHandle, Body, Attributes, MD5OfBody }: Message) => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  attributes: Attributes,
  messageAttributes: {},
  md5OfBody: MD5OfBody,
  eventSource: 'aws:sqs',
});
