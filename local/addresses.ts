import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from './config.ts';
import { wscatUrl } from './reach.ts';

/** By which addresses a server is reached. */
export type Addresses = {
  /** `ws://HOST:PORT/STAGE` or `wss://…`, without a query. */
  readonly webSocketUrl: string;
  /** `http://HOST:PORT/` or `https://…`. */
  readonly pageUrl: string;
  /** To paste into a terminal. */
  readonly wscatLine: string;
};

/** The addresses of a server that listens, by what it was told to listen on. */
export function addressesOf(config: Config, server: Server): Addresses {
  const { host, certificateFiles } = config;
  const { port } = server.address() as AddressInfo;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const [http, ws] = certificateFiles ? ['https', 'wss'] : ['http', 'ws'];
  const webSocketUrl = `${ws}://${authority}/${config.stage}`;
  return {
    webSocketUrl,
    pageUrl: `${http}://${authority}/`,
    wscatLine: `npx wscat -c ${wscatUrl(webSocketUrl, config)}`,
  };
}
