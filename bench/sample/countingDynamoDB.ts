import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What has been asked of a DynamoDB. */
export type Spent = { readonly calls: Readonly<Record<string, number>>; readonly capacityUnits: number };

/** Stands before a DynamoDB and counts. */
export type CountingDynamoDB = {
  readonly url: string;
  /** Since the last time. */
  spent(): Spent;
  stop(): void;
};

type Answer = { readonly ConsumedCapacity?: Consumed | readonly Consumed[] };
type Consumed = { readonly CapacityUnits?: number };

/** Passes each request on with the wish to be told its capacity units, which DynamoDB Local grants whatever is signed. */
export async function startCountingDynamoDB(endpoint: string): Promise<CountingDynamoDB> {
  let calls: Record<string, number> = {};
  let capacityUnits = 0;
  const server = createServer(async (incoming, outgoing) => {
    const operation = String(incoming.headers['x-amz-target']).replace(/^.*\./, '');
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: headersOf(incoming),
      body: JSON.stringify({ ...JSON.parse(await textOf(incoming)), ReturnConsumedCapacity: 'TOTAL' }),
    });
    const text = await response.text();
    calls[operation] = (calls[operation] ?? 0) + 1;
    for (const consumed of [(JSON.parse(text) as Answer).ConsumedCapacity].flat())
      capacityUnits += consumed?.CapacityUnits ?? 0;
    outgoing.writeHead(response.status, { 'content-type': 'application/x-amz-json-1.0' });
    outgoing.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spent: () => {
      const spent = { calls, capacityUnits };
      calls = {};
      capacityUnits = 0;
      return spent;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const headersOf = ({ headers }: IncomingMessage): Record<string, string> => ({
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': String(headers['x-amz-target']),
  authorization: String(headers.authorization),
  'x-amz-date': String(headers['x-amz-date']),
});

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
