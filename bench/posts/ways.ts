import * as http from 'node:http';
import * as https from 'node:https';
import { type Sign, signByHand } from './signatures.ts';
import { inPool, type Target } from './target.ts';

/** Sends one payload to many connections; resolves to how many of the posts failed. */
export type Way = (connectionIds: readonly string[], payload: string) => Promise<number>;

// Ways without the SDK: a request of Node's own for each post, over sockets that are kept. They repeat nothing and tell no
// outcomes apart.

/** Signed by a few lines on `node:crypto`. */
export const handWay = (target: Target): Way => posting(target, signByHand(target.region));

/** The control, which API Gateway would refuse: what Node's HTTP takes. */
export const unsignedWay = (target: Target): Way => posting(target, ({ host }) => ({ host }));

function posting({ url, concurrency }: Target, sign: Sign): Way {
  const { protocol, hostname, host, port, pathname } = new URL(url);
  const { request, Agent } = protocol === 'https:' ? https : http;
  const common = {
    method: 'POST',
    hostname,
    port,
    agent: new Agent({ keepAlive: true, maxSockets: concurrency }),
  };
  const post = async (connectionId: string, body: Buffer): Promise<boolean> => {
    const path = `${pathname}/@connections/${encodeURIComponent(connectionId)}`;
    const signed = await sign({ host, path, body });
    const headers = { ...signed, 'content-length': String(body.byteLength) };
    return new Promise((resolve) => {
      const answered = (incoming: http.IncomingMessage) =>
        incoming.resume().on('end', () => resolve(incoming.statusCode === 200));
      const outgoing = request({ ...common, path, headers, timeout: 3000 }, answered);
      outgoing.on('timeout', () => outgoing.destroy()).on('error', () => resolve(false));
      outgoing.end(body);
    });
  };
  return async (connectionIds, payload) => {
    const body = Buffer.from(payload);
    let failed = 0;
    await inPool(concurrency, connectionIds, async (connectionId) => {
      if (!(await post(connectionId, body))) failed++;
    });
    return failed;
  };
}
