import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { accessKey } from '../posts/target.ts';
import { Client, upgradeStatus } from './Client.ts';
import type { Running } from './contestants.ts';

/** Something that API Gateway does, and how to see it. */
export type Behaviour = {
  /** The rule in docs/GATEWAY.md. */
  readonly rule: string;
  readonly what: string;
  /** What is observed where it is as on API Gateway. */
  readonly right: string;
  observe(running: Running): Promise<string>;
};

/** All that are compared. */
export const behaviours: readonly Behaviour[] = [
  {
    ...{ rule: 'GL2', what: 'a frame of 33 KB', right: 'closed, 1009' },
    observe: byOutcome(({ webSocket }) => webSocket.send(echoOf(33))),
  },
  {
    ...{ rule: 'GL2', what: 'a message of 129 KB, in frames of 16 KB', right: 'closed, 1009' },
    observe: byOutcome(({ webSocket }) => {
      const text = echoOf(129);
      const frameBytes = 16 * 1024;
      for (let at = 0; at < text.length; at += frameBytes)
        webSocket.send(text.slice(at, at + frameBytes), { fin: at + frameBytes >= text.length });
    }),
  },
  {
    ...{ rule: 'GL1', what: 'a binary frame', right: 'closed, 1003' },
    observe: byOutcome(({ webSocket }) => webSocket.send(Buffer.from('{"action":"echo"}'))),
  },
  {
    ...{ rule: 'GR4', what: 'an unknown route, without `$default`' },
    right: '{"message": "Forbidden", "connectionId":"ID", "requestId":"ID"}',
    observe: byOutcome(({ webSocket }) => webSocket.send('{"action":"unknown"}')),
  },
  {
    ...{ rule: 'GI2', what: 'a result with a `body`, on a route with a route response' },
    right: '{"action":"echo"}',
    observe: byOutcome(({ webSocket }) => webSocket.send('{"action":"echo"}')),
  },
  {
    ...{ rule: 'GI2', what: 'the same on a route without', right: 'nothing' },
    observe: byOutcome(({ webSocket }) => webSocket.send('{"action":"quiet"}')),
  },
  {
    ...{ rule: 'GI3', what: 'a handler that throws' },
    right: '{"message": "Internal server error", "connectionId":"ID", "requestId":"ID"}',
    observe: byOutcome(({ webSocket }) => webSocket.send('{"action":"fail"}')),
  },
  {
    ...{ rule: 'GU2', what: '`$connect` returns 403', right: '403' },
    observe: ({ url }) => upgradeStatus(`${url}?refuse=1`),
  },
  {
    ...{ rule: 'GC1', what: '`$disconnect` after a close with 4001 `bye`', right: '4001, bye' },
    observe: observeDisconnect,
  },
  {
    ...{ rule: 'GA2', what: 'a post to a connection that is gone', right: '410 GoneException' },
    observe: observePostToGone,
  },
  { rule: 'GA5', what: 'an unsigned post', right: '403', observe: observeUnsignedPost },
];

/** Of so many KB. */
function echoOf(kilobytes: number): string {
  const [start, end] = ['{"action":"echo","data":"', '"}'];
  return `${start}${'x'.repeat(kilobytes * 1024 - start.length - end.length)}${end}`;
}

/** Observes what follows what a client of its own does; ids that look like API Gateway's read `ID`. */
function byOutcome(act: (client: Client) => void): Behaviour['observe'] {
  return async ({ url }) => {
    const client = await Client.connect(url);
    const outcome = await client.outcomeOf(() => act(client));
    await client.close();
    const shown = outcome.length > 200 ? 'echoed' : outcome;
    return shown.replaceAll(client.connectionId, 'ID').replaceAll(/[\w-]{15}=/g, 'ID');
  };
}

async function observeDisconnect({ url, eventsFile }: Running): Promise<string> {
  const client = await Client.connect(url);
  await client.close(4001, 'bye');
  for (let tries = 0; tries < 30; tries++) {
    await pause(100);
    const line = readFileSync(eventsFile, 'utf8')
      .split('\n')
      .find((one) => one.includes(client.connectionId));
    if (!line) continue;
    const { requestContext } = JSON.parse(line);
    const { disconnectStatusCode = 'no code', disconnectReason = 'no reason' } = requestContext;
    return `${disconnectStatusCode}, ${disconnectReason}`;
  }
  return 'no event';
}

/** The status, and the error as the AWS SDK names it. */
async function observePostToGone({ url, callbackUrl }: Running): Promise<string> {
  const client = await Client.connect(url);
  await client.close();
  const management = new ApiGatewayManagementApiClient({
    ...{ endpoint: callbackUrl, region: 'us-east-1', credentials: accessKey, maxAttempts: 1 },
  });
  const post = new PostToConnectionCommand({ ConnectionId: client.connectionId, Data: Buffer.from('x') });
  return management.send(post).then(
    () => '200',
    (error) => `${error.$metadata?.httpStatusCode} ${error.name}`,
  );
}

async function observeUnsignedPost({ url, callbackUrl }: Running): Promise<string> {
  const client = await Client.connect(url);
  const id = encodeURIComponent(client.connectionId);
  const { status } = await fetch(`${callbackUrl}/@connections/${id}`, { method: 'POST', body: 'x' });
  await client.close();
  return String(status);
}
