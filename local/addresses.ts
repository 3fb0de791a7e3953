import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Source } from '../src/gateway/source.ts';
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
  return addressesAt(authority, certificateFiles ? 'https' : 'http', config);
}

/** The addresses by which a client got here, if its request says them. */
export function addressesFor(
  { headers }: IncomingMessage,
  { protocol }: Source,
  config: Config,
): Addresses | undefined {
  const { host = '' } = headers;
  // The line is for a shell to read.
  return /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i.test(host)
    ? addressesAt(host, protocol, config)
    : undefined;
}

function addressesAt(authority: string, protocol: Source['protocol'], config: Config): Addresses {
  const webSocketUrl = `${protocol === 'https' ? 'wss' : 'ws'}://${authority}/${config.stage}`;
  return {
    webSocketUrl,
    pageUrl: `${protocol}://${authority}/`,
    wscatLine: `npx wscat -c ${wscatUrl(webSocketUrl, config)}`,
  };
}
