import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StoreState } from './server.ts';

/** A store's address that can be made to fail. */
export type FaultyProxy = {
  readonly url: string;
  setState(state: StoreState): void;
  stop(): void;
};

/** Stands before an HTTP service and passes everything on, holds it up, or answers everything with 500. */
export async function startFaultyProxy(endpoint: string): Promise<FaultyProxy> {
  let state: StoreState = 'working';
  const server = createServer(async (incoming, outgoing) => {
    while (state === 'stalled') await new Promise(setImmediate);
    if (state === 'failing') {
      outgoing.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' });
      outgoing.end('{"__type":"InternalServerError","message":"SECRET-TABLE is unreachable"}');
      return;
    }
    const { method, headers, url } = incoming;
    const forwarded = request(
      new URL(url ?? '/', endpoint),
      { ...(method && { method }), headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setState(next) {
      state = next;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
