import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type Clock, createClock } from './clock.ts';
import { type ConnectionEnd, gatewayEnds } from './closeReasons.ts';
import {
  answerConnectionsRequest,
  type ConnectionsApiHost,
  type ConnectionsApiOptions,
  connectionsPath,
} from './connectionsApi.ts';
import { type Admission, malformedResult, readConnectResult } from './connectResult.ts';
import { type ConnectionContext, connectEvent, disconnectEvent } from './events.ts';
import { type ConnectionHost, GatewayConnection, type SendOutcome } from './GatewayConnection.ts';
import { type GatewayReport, Invoker } from './Invoker.ts';
import { createIds, type RandomBytes } from './ids.ts';
import { gatewayLimits, ownLimits } from './limits.ts';
import { createSelectRoute, type Routes } from './routes.ts';
import { TokenBucket } from './TokenBucket.ts';
import { gatewayRefusal, isStagePath, pathOf, type Refusal, refusalOf, refuse } from './upgrade.ts';

/** An API, and how its gateway behaves where AWS leaves a choice. */
export type GatewayOptions = {
  readonly stage: string;
  readonly routes: Routes;
  /** `$request.body.action` unless given. */
  readonly routeSelectionExpression?: string;
  /** Answers plain HTTP outside the stage; without it, that is 403. */
  readonly fallback?: RequestListener;
  /** Answers `@connections` over HTTP to whoever signs with this key. Off unless given. */
  readonly connectionsApi?: ConnectionsApiOptions;
  readonly apiId?: string;
  readonly domainName?: string;
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** `aws` holds clients to an account's default quotas. `off` unless given. */
  readonly quotas?: 'off' | 'aws';
  /** How often peers are pinged; one that was silent since the last ping is cut off. API Gateway never pings. */
  readonly pingIntervalMs?: number;
  /** Of each route, so many first invocations are watched for promises left pending. 100 unless given. */
  readonly watchedInvocations?: number;
  readonly report?: (report: GatewayReport) => void;
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
};

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
  readonly #connectQuota: TokenBucket;
  readonly #subprotocols = new WeakMap<IncomingMessage, string>();
  readonly #sockets: WebSocketServer;
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
    this.#connectQuota = new TokenBucket(
      gatewayLimits.connectsPerSecond,
      gatewayLimits.connectsPerSecond,
      clock,
    );
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
    const socketOptions = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: gatewayLimits.messageBytes,
      closeTimeout: ownLimits.closeMs,
      // Left to itself, ws would echo the first subprotocol offered; API Gateway echoes what $connect returns.
      handleProtocols: (_offered: Set<string>, request: IncomingMessage) =>
        this.#subprotocols.get(request) ?? false,
    };
    this.#sockets = new WebSocketServer(socketOptions);
    if (options.pingIntervalMs)
      this.#pings = setInterval(() => this.#checkAlive(), options.pingIntervalMs).unref();
  }

  /** Serves the API on an HTTP or HTTPS server, which stays the caller's to listen with and to close. */
  attach(server: Server): void {
    server.on('request', (request, response) => this.#onRequest(request, response));
    server.on('upgrade', (request, socket, head) => {
      // Until ws takes over, nobody else listens, and an unheard error would end the process.
      socket.on('error', () => socket.destroy());
      const upgrade = this.#upgrade(request, socket, head);
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

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const requestId = this.#host.ids.requestId();
    const refusal = this.#refusalOf(request);
    if (refusal) return refuse(socket, refusal, requestId);
    const context = this.#contextOf(request);
    const admission = await this.#connect(request, context, requestId);
    if (admission.status === 'refused') return refuse(socket, admission.refusal, requestId);
    if (admission.subprotocol) this.#subprotocols.set(request, admission.subprotocol);
    this.#open({ request, socket, head }, context);
  }

  #refusalOf(request: IncomingMessage): Refusal | undefined {
    const refusal = refusalOf(request, this.#options.stage);
    if (refusal) return refusal;
    if (this.#state !== 'open')
      return gatewayRefusal(503, 'Service Unavailable', 'ServiceUnavailableException');
    if (this.#options.quotas !== 'aws' || this.#connectQuota.take() === 'granted') return undefined;
    return gatewayRefusal(429, 'Too Many Requests', 'LimitExceededException');
  }

  #contextOf(request: IncomingMessage): ConnectionContext {
    const { stage, stageVariables, apiId = 'local00000', domainName = 'localhost' } = this.#options;
    const userAgent = request.headers['user-agent'];
    const sourceIp = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    return {
      stage,
      connectedAt: this.#host.clock.now(),
      identity: { ...(userAgent !== undefined && { userAgent }), sourceIp },
      domainName,
      connectionId: this.#host.ids.connectionId(),
      apiId,
      ...(stageVariables && { stageVariables }),
    };
  }

  async #connect(
    request: IncomingMessage,
    context: ConnectionContext,
    requestId: string,
  ): Promise<Admission> {
    const { $connect } = this.#options.routes;
    if (!$connect) return { status: 'admitted', subprotocol: undefined };
    const nowMs = this.#host.clock.now();
    const stamp = { requestId, nowMs, traceId: this.#host.ids.traceId(nowMs) };
    const outcome = await this.#host.invoker.invoke($connect, connectEvent(request, context, stamp));
    const admission = readConnectResult(outcome);
    if (admission !== 'malformed') return admission;
    const { connectionId } = context;
    this.#options.report?.({ kind: 'malformed result', routeKey: '$connect', connectionId, requestId });
    return malformedResult;
  }

  #open(
    upgrade: { request: IncomingMessage; socket: Duplex; head: Buffer },
    context: ConnectionContext,
  ): void {
    const { request, socket, head } = upgrade;
    let opened = false;
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      opened = true;
      const connection = new GatewayConnection(webSocket, socket, context, this.#host);
      this.#connections.set(context.connectionId, connection);
      // A $connect that took longer than a closing gateway waits.
      if (this.#state === 'closed') connection.close(gatewayEnds.goingAway);
    });
    // The client gave up while $connect ran. AWS may then forget about $disconnect; here nobody may become a ghost.
    if (!opened) this.#onClosed(context, gatewayEnds.lost);
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
    if (connectionsApi && connectionsPath(path, stage)) {
      void answerConnectionsRequest(request, response, this.#connectionsApiHost(connectionsApi));
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
