import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { authorityOf, close, listen } from '../listening.ts';
import type { StandardQueue } from './StandardQueue.ts';

type Entry = { readonly Id: string; readonly MessageBody: string; readonly DelaySeconds?: number };
type Batch = { readonly QueueUrl: string; readonly Entries: readonly Entry[] };

/** What is in the way of a batch: it is refused as a whole, or entries of it are. */
export type Obstacle =
  | { readonly kind: 'refuse'; readonly status: number; readonly type: string }
  | { readonly kind: 'partial'; readonly failed: ReadonlySet<string>; readonly senderFault: boolean };

/** An address at which a queue takes messages. */
export type QueueServer = { readonly url: string; stop(): void };

/** Takes batches of messages for a queue as SQS does, in its JSON protocol. `obstacle` may be in the way of any. */
export async function startQueueServer(
  queue: StandardQueue,
  obstacle: (batch: Batch) => Obstacle | undefined = () => undefined,
): Promise<QueueServer> {
  const server = createServer(async (incoming, outgoing) => {
    const answer = await answerTo(incoming, { queue, obstacle });
    outgoing.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    outgoing.end(JSON.stringify(answer.body));
  });
  await listen(server);
  return { url: `http://${authorityOf(server)}`, stop: () => close(server) };
}

type Surroundings = {
  readonly queue: StandardQueue;
  readonly obstacle: (batch: Batch) => Obstacle | undefined;
};

const nothingFailed = { failed: new Set<string>(), senderFault: false };

async function answerTo(incoming: IncomingMessage, { queue, obstacle }: Surroundings) {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  if (incoming.headers['x-amz-target'] !== 'AmazonSQS.SendMessageBatch') return refusal(400, 'InvalidAction');
  const batch = JSON.parse(String(Buffer.concat(chunks))) as Batch;
  const found = obstacle(batch);
  if (found?.kind === 'refuse') return refusal(found.status, found.type);
  const { Entries } = batch;
  const bytes = Entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
  if (Entries.length > 10) return refusal(400, 'com.amazonaws.sqs#TooManyEntriesInBatchRequest');
  if (bytes > 1_048_576) return refusal(400, 'com.amazonaws.sqs#BatchRequestTooLong');
  const { failed, senderFault } = found ?? nothingFailed;
  return {
    status: 200,
    body: {
      Successful: Entries.filter(({ Id }) => !failed.has(Id)).map((entry) => taken(entry, queue)),
      Failed: Entries.filter(({ Id }) => failed.has(Id)).map(({ Id }) => {
        return { Id, Code: 'InternalError', SenderFault: senderFault };
      }),
    },
  };
}

function taken({ Id, MessageBody, DelaySeconds = 0 }: Entry, queue: StandardQueue) {
  // SQS takes what XML can say, and puts this in place of the rest.
  const body = MessageBody.replace(
    /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu,
    '\ufffd',
  );
  const { messageId } = queue.send(body, DelaySeconds * 1000);
  return { Id, MessageId: messageId, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
}

const refusal = (status: number, type: string) => ({ status, body: { __type: type, message: type } });
