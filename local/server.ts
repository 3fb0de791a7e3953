import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOnConnect } from '../lambda/onConnect/onConnect.ts';
import { createOnDefault } from '../lambda/onDefault/onDefault.ts';
import { createOnDisconnect } from '../lambda/onDisconnect/onDisconnect.ts';
import { createSendMessage } from '../lambda/sendMessage/sendMessage.ts';
import type { Backend } from '../lambda/shared/backend.ts';
import { ConfigError } from '../lambda/shared/environment.ts';
import type { Log } from '../lambda/shared/log.ts';
import { EmbeddedMeetings } from '../src/embedded/EmbeddedMeetings.ts';
import { EmbeddedRateLimit } from '../src/embedded/EmbeddedRateLimit.ts';
import { Gateway } from '../src/gateway/Gateway.ts';
import type { GatewayOptions } from '../src/gateway/options.ts';
import type { Meetings } from '../src/meeting/ports.ts';
import type { Config } from './config.ts';
import { GatewaySender } from './GatewaySender.ts';
import { createPages } from './pages.ts';

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
export type ServerOverrides = { readonly meetings?: Meetings; readonly pingIntervalMs?: number };

/** Joins gateway, handlers and embedded ports, and listens. Throws a {@link ConfigError} where it can't. */
export async function startServer(
  config: Config,
  log: Log,
  overrides: ServerOverrides = {},
): Promise<RunningServer> {
  let health: 'ok' | 'stopping' = 'ok';
  const urls = () => urlsOf(config, server);
  const meetings = overrides.meetings ?? new EmbeddedMeetings();
  const connections = new GatewaySender(() => gateway);
  const backend = createBackend(config, { log, meetings, connections });
  const fallback = createPages({ health: () => health, wscatLine: () => urls().wscatLine });
  const { pingIntervalMs = PING_INTERVAL_MS } = overrides;
  const gateway = createGateway(config, backend, { fallback, pingIntervalMs });

  // A client has this long to send a whole upgrade request; slower ones hold sockets open on purpose.
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 10_000,
    connectionsCheckingInterval: 2000,
  });
  gateway.attach(server);
  await listen(server, config);
  return {
    ...urls(),
    async stop() {
      health = 'stopping';
      await gateway.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

function createBackend(config: Config, given: Pick<Backend, 'log' | 'meetings' | 'connections'>): Backend {
  const { messagesPerSecond, messageBurst, membershipLimits } = config;
  return {
    ...given,
    rateLimit: new EmbeddedRateLimit({ messagesPerSecond, burst: messageBurst }, () => performance.now()),
    membershipLimits,
    now: Date.now,
    newMessageId: randomUUID,
  };
}

/** The API's routes, each with the handler that is its Lambda function on AWS. */
function createGateway(
  config: Config,
  backend: Backend,
  given: Required<Pick<GatewayOptions, 'fallback' | 'pingIntervalMs'>>,
): Gateway {
  const twoWay = { routeResponseSelectionExpression: '$default' } as const;
  return new Gateway({
    stage: config.stage,
    quotas: config.quotas,
    ...given,
    report: ({ kind, ...context }) => backend.log.warn(kind, context),
    routes: {
      $connect: { integration: createOnConnect(backend) },
      $disconnect: { integration: createOnDisconnect(backend) },
      messages: {
        sendMessage: { integration: createSendMessage(backend), ...twoWay },
        $default: { integration: createOnDefault(backend), ...twoWay },
      },
    },
  });
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
  { host, stage }: Config,
  server: Server,
): Pick<RunningServer, 'webSocketUrl' | 'pageUrl' | 'wscatLine'> {
  const { port } = server.address() as AddressInfo;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const webSocketUrl = `ws://${authority}/${stage}`;
  return {
    webSocketUrl,
    pageUrl: `http://${authority}/`,
    wscatLine: `npx wscat -c '${webSocketUrl}?meetingId=standup&userId=alice&userName=Alice'`,
  };
}
