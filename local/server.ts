import type { Server } from 'node:http';
import type { Log } from '../lambda/shared/log.ts';
import { ConfigError } from '../lambda/shared/variables.ts';
import type { EmbeddedMeetings } from '../src/embedded/EmbeddedMeetings.ts';
import type { Clock } from '../src/gateway/clock.ts';
import type { Routes } from '../src/gateway/routes.ts';
import type { Meetings } from '../src/meeting/ports.ts';
import { type Addresses, addressesOf } from './addresses.ts';
import { createLocalBackend } from './backend.ts';
import { readCertificate } from './certificate.ts';
import { type Config, isLoopback } from './config.ts';
import { GatewaySender } from './GatewaySender.ts';
import { createGateway } from './gateway.ts';
import { createHttpServer, type HttpServer, type HttpTimeouts } from './httpServer.ts';
import { Metrics } from './Metrics.ts';
import { openStore } from './openStore.ts';
import { withOperatorDoor } from './operatorDoor.ts';
import { leaveOperatorFile, operatorTokenOf } from './operatorFile.ts';
import { createPages, type PageConfig } from './pages.ts';
import { startRenewing } from './renewing.ts';
import { startSweeping } from './sweeping.ts';

/**
 * How often sockets are pinged. One that dies right after a ping's answer is found out two pings later, and must be
 * within 20 s.
 */
const PING_INTERVAL_MS = 8000;

/** A server that accepts connections. */
export type RunningServer = Addresses & {
  /** Reads the certificate's files again, and keeps the old one if they can't be used. */
  reloadCertificate(): void;
  /** Closes every connection with 1001 and resolves when all is told. */
  stop(): Promise<void>;
};

/** Where the page is, and what a test may put in place of the real thing. */
export type ServerOverrides = {
  /** The folder of the built page. Without it none is served. */
  readonly pageFolder?: string;
  /** Puts something between the handlers and the store. */
  readonly wrapMeetings?: (meetings: EmbeddedMeetings) => Meetings;
  /** Puts something between the gateway and the handlers. */
  readonly wrapRoutes?: (routes: Routes) => Routes;
  readonly pingIntervalMs?: number;
  /** What the gateway counts connections' lives by. */
  readonly clock?: Clock;
  readonly sweepIntervalMs?: number;
  readonly httpTimeouts?: HttpTimeouts;
  /** How often the certificate's files are looked at. */
  readonly certificateCheckMs?: number;
};

/** Joins gateway, handlers and embedded ports, and listens. Throws a {@link ConfigError} where it can't. */
export async function startServer(
  config: Config,
  log: Log,
  overrides: ServerOverrides = {},
): Promise<RunningServer> {
  let health: 'ok' | 'stopping' = 'ok';
  const metrics = new Metrics();
  const pages = await createPages({
    health: () => health,
    // Told of localhost, a browser would insist on it for whatever else is served there.
    strictTransport: config.certificateFiles && !isLoopback(config.host) ? 'on' : 'off',
    folder: overrides.pageFolder,
    config: pageConfigOf(config),
    metrics: {
      text: () =>
        metrics.text({
          connections: gateway.connectionCount,
          memoryBytes: process.memoryUsage.rss(),
        }),
      token: config.metricsToken,
    },
  });
  const http = openHttp(config, overrides.httpTimeouts);
  const { server } = http;
  const store = openStore(config);
  const connections = new GatewaySender(() => gateway);
  const meetings = overrides.wrapMeetings?.(store) ?? store;
  const backend = createLocalBackend(config, { log, meetings, connections, telemetry: metrics });
  const token = operatorTokenOf(config);
  const fallback = withOperatorDoor(pages, { token, backend });
  const { pingIntervalMs = PING_INTERVAL_MS, sweepIntervalMs, wrapRoutes, clock } = overrides;
  const given = { fallback, pingIntervalMs, wrapRoutes, clock, telemetry: metrics };
  const gateway = createGateway(config, backend, given);
  const sweeping = startSweeping(store, backend, sweepIntervalMs);
  gateway.attach(server);
  try {
    await listen(server, config);
  } catch (error) {
    sweeping.stop();
    await store.close();
    throw error;
  }
  const renewing = startRenewing(http, config, { log, checkMs: overrides.certificateCheckMs });
  const addresses = addressesOf(config, server);
  const removeOperatorFile = leaveToken(token, { config, addresses, log });
  return {
    ...addresses,
    reloadCertificate: renewing.reload,
    async stop() {
      health = 'stopping';
      removeOperatorFile();
      sweeping.stop();
      renewing.stop();
      await gateway.close();
      await store.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

/** Meetings go on if it can't be left: it is the command line that misses it. */
function leaveToken(
  token: string | undefined,
  { config, addresses, log }: { config: Config; addresses: Addresses; log: Log },
): () => void {
  if (token === undefined) return () => {};
  try {
    return leaveOperatorFile(config, { url: addresses.webSocketUrl, token });
  } catch (error) {
    log.warn('no operator file', { error });
    return () => {};
  }
}

function openHttp(config: Config, timeouts: HttpTimeouts | undefined): HttpServer {
  const { certificateFiles, connectionsPerAddress, trustedProxies } = config;
  // Behind proxies, all sockets are theirs.
  const isCounted = connectionsPerAddress > 0 && trustedProxies.kind === 'none';
  return createHttpServer({
    certificate: certificateFiles && readCertificate(certificateFiles, Date.now()),
    pendingPerAddress: isCounted ? connectionsPerAddress : undefined,
    timeouts,
  });
}

function pageConfigOf({ stage, authentication, tokenUrl }: Config): PageConfig {
  return {
    url: `/${stage}`,
    authentication: authentication ? 'token' : 'none',
    ...(tokenUrl !== undefined && { tokenUrl }),
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
