import { createServer, type IncomingMessage } from 'node:http';
import { authorityOf, close, listen } from '../harness/listening.ts';
import type { Call, RecordingProxy } from './policy.ts';

/** Stands before an SQS, passes everything on, and notes each call as IAM sees it. */
export async function startRecordingQueue(endpoint: string, arnPrefix: string): Promise<RecordingProxy> {
  const calls: Call[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const body = await readBody(incoming);
    calls.push(callOf(incoming, body, arnPrefix));
    const answer = await fetch(new URL(incoming.url ?? '/', endpoint), {
      method: 'POST',
      headers: passedOn(incoming),
      body,
    });
    outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    outgoing.end(Buffer.from(await answer.arrayBuffer()));
  });
  await listen(server);
  return { url: `http://${authorityOf(server)}`, calls, stop: () => close(server) };
}

/**
 * A batch needs the permission of what is in it; there is none for batches:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
 */
function callOf({ headers }: IncomingMessage, body: string, arnPrefix: string): Call {
  const [, action = ''] = /^AmazonSQS\.(\w+?)(?:Batch)?$/.exec(String(headers['x-amz-target'])) ?? [];
  const { QueueUrl } = JSON.parse(body) as { readonly QueueUrl: string };
  return { action: `sqs:${action}`, resource: `${arnPrefix}${queueNameIn(QueueUrl)}` };
}

/** The name of a queue, which its URL ends with. */
export const queueNameIn = (queueUrl: string): string => queueUrl.slice(queueUrl.lastIndexOf('/') + 1);

function passedOn({ headers }: IncomingMessage): Record<string, string> {
  const names = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'];
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]));
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return String(Buffer.concat(chunks));
}
