import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
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
import { Upgrader } from './Upgrader.ts';
import { isStagePath, pathOf } from './upgrade.ts';

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
  readonly #upgrades = new Set<Promise<void>>();
  readonly #pings: NodeJS.Timeout | undefined;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #closed: Promise<void> | undefined;
  #onEmpty: () => void = () => {};

  constructor(options: GatewayOptions) {
    const clock = options.clock ?? createClock();
    const { report = () => {}, watchedInvocations = 100 } = options;
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
      throttle: () => (options.quotas === 'aws' ? requestQuota.take() : 'granted'),
      onClosed: (context, end) => this.#onClosed(context, end),
    };
    this.#upgrader = new Upgrader(options, {
      ...this.#host,
      isOpen: () => this.#state === 'open',
      onOpen: (webSocket, stream, context) => this.#onOpen(webSocket, stream, context),
      onLost: (context) => this.#onClosed(context, gatewayEnds.lost),
    });
    if (options.pingIntervalMs)
      // After a stall of the whole process, what peers have answered meanwhile is read before anybody is judged.
      this.#pings = setInterval(() => setImmediate(() => this.#checkAlive()), options.pingIntervalMs).unref();
  }

  /** Serves the API on an HTTP or HTTPS server, which stays the caller's to listen with and to close. */
  attach(server: Server): void {
    server.on('request', (request, response) => this.#onRequest(request, response));
    server.on('upgrade', (request, socket, head) => {
      // Until ws takes over, nobody else listens, and an unheard error would end the process.
      socket.on('error', () => socket.destroy());
      const upgrade = this.#upgrader.upgrade({ request, socket, head });
      this.#upgrades.add(upgrade);
      void upgrade.finally(() => this.#upgrades.delete(upgrade));
    });
  }

  /** Sends one text to many connections; outcomes in the order of the ids. */
  send(connectionIds: readonly string[], text: string): SendOutcome[] {
    const payload = Buffer.from(text);
    return connectionIds.map((connectionId) => this.#connections.get(connectionId)?.send(payload) ?? 'gone');
  }

  /** Closes a connection, as `DELETE @connections` does. */
  disconnect(connectionId: string): SendOutcome {
    return this.#connections.get(connectionId)?.close(gatewayEnds.deleted) ?? 'gone';
  }

  /** How many WebSockets are open. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /**
   * Refuses new connections, lets what runs finish, closes every connection with 1001 `Going away`, and resolves when
   * the last `$disconnect` has returned. Waits for no peer and no integration longer than a few seconds.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#state = 'closing';
    clearInterval(this.#pings);
    await this.#settled();
    this.#state = 'closed';
    for (const connection of this.#connections.values()) connection.close(gatewayEnds.goingAway);
    await this.#allClosed();
    await this.#settled();
  }

  #onOpen(webSocket: WebSocket, stream: Duplex, context: ConnectionContext): void {
    const connection = new GatewayConnection(webSocket, stream, context, this.#host);
    this.#connections.set(context.connectionId, connection);
    // A $connect that took longer than a closing gateway waits.
    if (this.#state === 'closed') connection.close(gatewayEnds.goingAway);
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

  /** `ws` cuts off a peer that doesn't answer a close frame, so that this comes to an end. */
  #allClosed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#connections.size === 0) resolve();
      else this.#onEmpty = resolve;
    });
  }

  /** Everything begun has ended, or has been waited for long enough. */
  async #settled(): Promise<void> {
    const upgraded = Promise.all(this.#upgrades).then(() => this.#host.invoker.settled());
    await Promise.race([upgraded, pause(ownLimits.closeMs)]);
  }
}

function answer(response: ServerResponse, statusCode: number, message: string): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ message }));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
