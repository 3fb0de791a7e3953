import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TableCall, tableCalls } from './tableCalls.ts';

/** A request to DynamoDB, as far as it matters to those in between. */
export type DynamoRequest = {
  /** What the request must be allowed to do. */
  readonly calls: readonly TableCall[];
  /** The token that makes repeats of a transaction one. */
  readonly token: string | undefined;
  /** How often the client has sent it, this time included; as the SDKs say in `amz-sdk-request`. */
  readonly attempt: number;
};

/**
 * What becomes of a request: passed on; done, and then cut off or left waiting for ever instead of answered; or answered
 * with an error without being done.
 */
export type Treatment =
  | { readonly kind: 'pass' | 'lose-answer' | 'fall-silent' }
  | { readonly kind: 'refuse'; readonly status: number; readonly error: Readonly<Record<string, unknown>> };

/** An address of a DynamoDB that somebody stands before. */
export type DynamoProxy = { readonly url: string; stop(): void };

/** Stands before a DynamoDB, and treats each request as it's told. */
export async function startDynamoProxy(
  endpoint: string,
  treat: (request: DynamoRequest) => Treatment | Promise<Treatment>,
): Promise<DynamoProxy> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const treatment = await treat(parseRequest(incoming, String(body)));
    if (treatment.kind !== 'refuse') return forward({ endpoint, incoming, outgoing, body }, treatment.kind);
    outgoing.writeHead(treatment.status, { 'content-type': 'application/x-amz-json-1.0' });
    outgoing.end(JSON.stringify(treatment.error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function parseRequest({ headers }: IncomingMessage, text: string): DynamoRequest {
  const operation = String(headers['x-amz-target']).replace(/^DynamoDB_\d+\./, '');
  const body = JSON.parse(text) as { readonly ClientRequestToken?: string };
  const [, attempt = '1'] = /attempt=(\d+)/.exec(String(headers['amz-sdk-request'])) ?? [];
  return { calls: tableCalls(operation, body), token: body.ClientRequestToken, attempt: Number(attempt) };
}

type Exchange = {
  readonly endpoint: string;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly body: Buffer;
};

function forward(
  { endpoint, incoming, outgoing, body }: Exchange,
  how: 'pass' | 'lose-answer' | 'fall-silent',
): void {
  const forwarded = request(endpoint, { method: 'POST', headers: incoming.headers }, (answer) => {
    if (how !== 'pass') {
      answer.resume().on('end', () => how === 'lose-answer' && outgoing.destroy());
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  forwarded.on('error', () => outgoing.destroy());
  forwarded.end(body);
}
