import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../lambda/shared/log.ts';
import { ConfigError } from '../lambda/shared/variables.ts';
import type { EmbeddedMeetings } from '../src/embedded/EmbeddedMeetings.ts';
import type { Routes } from '../src/gateway/routes.ts';
import type { Meetings } from '../src/meeting/ports.ts';
import { createLocalBackend } from './backend.ts';
import type { Config } from './config.ts';
import { GatewaySender } from './GatewaySender.ts';
import { createGateway } from './gateway.ts';
import { openStore } from './openStore.ts';
import { createPages } from './pages.ts';
import { wscatUrl } from './reach.ts';
import { startSweeping } from './sweeping.ts';

/**
 * How often sockets are pinged. One that dies right after a ping's answer is found out two pings later, and must be
 * within 20 s.
 */
const PING_INTERVAL_MS = 8000;

/** A server that accepts connections. */
export type RunningServer = {
  /** `ws://HOST:PORT/STAGE`, without a query. */
  readonly webSocketUrl: string;
  /** `http://HOST:PORT/`. */
  readonly pageUrl: string;
  readonly wscatLine: string;
  /** Closes every connection with 1001 and resolves when all is told. */
  stop(): Promise<void>;
};

/** What a test may put in place of the real thing. */
export type ServerOverrides = {
  /** Puts something between the handlers and the store. */
  readonly wrapMeetings?: (meetings: EmbeddedMeetings) => Meetings;
  /** Puts something between the gateway and the handlers. */
  readonly wrapRoutes?: (routes: Routes) => Routes;
  readonly pingIntervalMs?: number;
  readonly sweepIntervalMs?: number;
};

/** Joins gateway, handlers and embedded ports, and listens. Throws a {@link ConfigError} where it can't. */
export async function startServer(
  config: Config,
  log: Log,
  overrides: ServerOverrides = {},
): Promise<RunningServer> {
  let health: 'ok' | 'stopping' = 'ok';
  const urls = () => urlsOf(config, server);
  const store = openStore(config);
  const connections = new GatewaySender(() => gateway);
  const meetings = overrides.wrapMeetings?.(store) ?? store;
  const backend = createLocalBackend(config, { log, meetings, connections });
  const fallback = createPages({ health: () => health, wscatLine: () => urls().wscatLine });
  const { pingIntervalMs = PING_INTERVAL_MS, sweepIntervalMs, wrapRoutes } = overrides;
  const gateway = createGateway(config, backend, { fallback, pingIntervalMs, wrapRoutes });
  const sweeping = startSweeping(store, backend, sweepIntervalMs);

  // A client has this long to send a whole upgrade request; slower ones hold sockets open on purpose.
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 10_000,
    connectionsCheckingInterval: 2000,
  });
  gateway.attach(server);
  try {
    await listen(server, config);
  } catch (error) {
    sweeping.stop();
    await store.close();
    throw error;
  }
  return {
    ...urls(),
    async stop() {
      health = 'stopping';
      sweeping.stop();
      await gateway.close();
      await store.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `PORT ${port} is in use. Stop what uses it, or set PORT to another (0 takes any free one).`,
      );
    case 'EACCES':
      return new ConfigError(`PORT ${port} may not be used by this user. Set PORT to 1024 or more.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError(
        `HOST "${host}" is no address of this machine. Set HOST to one, such as 127.0.0.1.`,
      );
    default:
      return error;
  }
}

function urlsOf(
  config: Config,
  server: Server,
): Pick<RunningServer, 'webSocketUrl' | 'pageUrl' | 'wscatLine'> {
  const { host, stage } = config;
  const { port } = server.address() as AddressInfo;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const webSocketUrl = `ws://${authority}/${stage}`;
  return {
    webSocketUrl,
    pageUrl: `http://${authority}/`,
    wscatLine: `npx wscat -c ${wscatUrl(webSocketUrl, config)}`,
  };
}
