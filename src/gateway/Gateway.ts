import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { Corks } from './Corks.ts';
import { createClock } from './clock.ts';
import { type ConnectionEnd, gatewayEnds } from './closeReasons.ts';
import {
  answerConnectionsRequest,
  type ConnectionsApiHost,
  type ConnectionsApiOptions,
  connectionsPath,
} from './connectionsApi.ts';
import { type ConnectionContext, disconnectEvent } from './events.ts';
import { type ConnectionHost, GatewayConnection, type SendOutcome } from './GatewayConnection.ts';
import { Invoker } from './Invoker.ts';
import { createIds } from './ids.ts';
import { gatewayLimits, ownLimits } from './limits.ts';
import type { GatewayOptions } from './options.ts';
import { createSelectRoute } from './routes.ts';
import { TokenBucket } from './TokenBucket.ts';
import { textFrame } from './textFrame.ts';
import { type UpgradeRequest, Upgrader } from './Upgrader.ts';
import { answerWithoutUpgrading, isStagePath, isWebSocketUpgrade, pathOf } from './upgrade.ts';

/**
 * An API Gateway WebSocket API on one machine: clients can't tell it from AWS by limits, errors or events.
 *
 * An upgrade waits for `$connect`; each message finds its route and is handled in parallel with the others; when the
 * socket has closed, `$disconnect` is invoked once.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #connections = new Map<string, GatewayConnection>();
  readonly #host: ConnectionHost;
  readonly #upgrader: Upgrader;
  /** Upgrades that wait for $connect, and their sockets. */
  readonly #upgrades = new Map<Promise<void>, Duplex>();
  readonly #pings: NodeJS.Timeout | undefined;
  #state: 'open' | 'closing' = 'open';
  #closed: Promise<void> | undefined;
  #onEmpty: () => void = () => {};

  constructor(options: GatewayOptions) {
    const clock = options.clock ?? createClock();
    const { watchedInvocations = 100 } = options;
    const report = guarded(options.report);
    const requestQuota = new TokenBucket(gatewayLimits.requestsPerSecond, gatewayLimits.requestBurst, clock);
    this.#options = options;
    this.#host = {
      clock,
      ids: createIds(options.randomBytes),
      invoker: new Invoker({ clock, report, watchedInvocations }),
      selectRoute: createSelectRoute(
        options.routes.messages,
        options.routeSelectionExpression ?? '$request.body.action',
      ),
      corks: new Corks(),
      throttle: () => (options.quotas === 'aws' ? requestQuota.take() : 'granted'),
      onClosed: (context, end) => this.#onClosed(context, end),
    };
    this.#upgrader = new Upgrader(
      { ...options, report },
      {
        ...this.#host,
        isOpen: () => this.#state === 'open',
        onOpen: (webSocket, stream, context) => this.#onOpen(webSocket, stream, context),
        onLost: (context) => this.#onClosed(context, gatewayEnds.lost),
      },
    );
    if (options.pingIntervalMs)
      // After a stall of the whole process, what peers have answered meanwhile is read before anybody is judged.
      this.#pings = setInterval(() => setImmediate(() => this.#checkAlive()), options.pingIntervalMs).unref();
  }

  /** Serves the API on an HTTP or HTTPS server, which stays the caller's to listen with and to close. */
  attach(server: Server): void {
    server.on('request', (request, response) => this.#onRequest(request, response));
    server.on('upgrade', (request, socket, head) => {
      // Until ws takes over, nobody else listens, and an unheard error would end the process.
      socket.on('error', destroyThis);
      if (isWebSocketUpgrade(request)) this.#onUpgrade({ request, socket, head });
      else this.#onOtherUpgrade(request, socket);
    });
  }

  /** Sends one text to many connections; outcomes in the order of the ids. */
  send(connectionIds: readonly string[], text: string): SendOutcome[] {
    const frame = textFrame(text);
    return connectionIds.map((connectionId) => this.#connections.get(connectionId)?.send(frame) ?? 'gone');
  }

  /** Closes a connection, as `DELETE @connections` does. */
  disconnect(connectionId: string): SendOutcome {
    return this.#connections.get(connectionId)?.close(gatewayEnds.deleted) ?? 'gone';
  }

  /** Whether a connection is there to be sent to. */
  isOpen(connectionId: string): boolean {
    return this.#connections.get(connectionId)?.isOpen ?? false;
  }

  /** How many WebSockets are open. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /**
   * Refuses new connections, lets what runs finish, closes every connection with 1001 `Going away`, and resolves when
   * the last `$disconnect` has returned. Waits 5 seconds at most, whatever peers and handlers do.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { stopMs } = ownLimits;
    this.#state = 'closing';
    clearInterval(this.#pings);
    await within(stopMs.handlers, this.#settled());
    // Whom $connect admits from here on finds no socket, and is followed by $disconnect.
    for (const socket of this.#upgrades.values()) socket.destroy();
    for (const connection of this.#connections.values()) connection.close(gatewayEnds.goingAway);
    await within(stopMs.peers, this.#allClosed());
    for (const connection of this.#connections.values()) connection.terminate();
    await within(
      stopMs.disconnects,
      this.#allClosed().then(() => this.#settled()),
    );
  }

  #onOtherUpgrade(request: IncomingMessage, socket: Duplex): void {
    answerWithoutUpgrading(request, socket, (response) => this.#onRequest(request, response));
  }

  #onUpgrade(upgrade: UpgradeRequest): void {
    const upgraded = this.#upgrader.upgrade(upgrade);
    this.#upgrades.set(upgraded, upgrade.socket);
    void upgraded.finally(() => this.#upgrades.delete(upgraded));
  }

  #onOpen(webSocket: WebSocket, stream: Duplex, context: ConnectionContext): void {
    this.#connections.set(
      context.connectionId,
      new GatewayConnection(webSocket, stream, context, this.#host),
    );
  }

  #onClosed(context: ConnectionContext, end: ConnectionEnd): void {
    this.#connections.delete(context.connectionId);
    if (this.#connections.size === 0) this.#onEmpty();
    const { $disconnect } = this.#options.routes;
    if (!$disconnect) return;
    const stamp = { requestId: this.#host.ids.requestId(), nowMs: this.#host.clock.now() };
    void this.#host.invoker.invoke($disconnect, disconnectEvent(end, context, stamp));
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const { stage, fallback, connectionsApi } = this.#options;
    const path = pathOf(request.url);
    if (connectionsApi && connectionsPath(path)) {
      // Whoever gave up while sending the request has no use for an answer.
      answerConnectionsRequest(request, response, this.#connectionsApiHost(connectionsApi)).catch(() =>
        response.destroy(),
      );
    } else if (isStagePath(path, stage)) answer(response, 426, 'Upgrade Required');
    else if (!fallback || path.startsWith(`/${stage}/`)) answer(response, 403, 'Forbidden');
    else fallback(request, response);
  }

  #connectionsApiHost(options: ConnectionsApiOptions): ConnectionsApiHost {
    const { clock, ids, throttle } = this.#host;
    return {
      ...options,
      stage: this.#options.stage,
      connection: (connectionId) => this.#connections.get(connectionId),
      throttle,
      newRequestId: ids.requestId,
      now: () => clock.now(),
    };
  }

  #checkAlive(): void {
    for (const connection of this.#connections.values()) connection.checkAlive();
  }

  #allClosed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#connections.size === 0) resolve();
      else this.#onEmpty = resolve;
    });
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#upgrades.keys());
    await this.#host.invoker.settled();
  }
}

/** One function for all sockets: one made for each would keep its upgrade request for as long as the connection lives. */
function destroyThis(this: Duplex): void {
  this.destroy();
}

/** A report that fails must not end what it reports of. */
function guarded(report: GatewayOptions['report']): NonNullable<GatewayOptions['report']> {
  return (event) => {
    try {
      report?.(event);
    } catch {
      // There is nobody else to tell.
    }
  };
}

function answer(response: ServerResponse, statusCode: number, message: string): void {
  const body = JSON.stringify({ message });
  response.writeHead(statusCode, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

/** Waits for something, but no longer than so long. */
function within(ms: number, something: Promise<void>): Promise<void> {
  return Promise.race([something, new Promise<void>((resolve) => setTimeout(resolve, ms).unref())]);
}
