import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Authorization, createAuthorize } from './authorizer.ts';
import type { Clock } from './clock.ts';
import { type Admission, readConnectResult } from './connectResult.ts';
import {
  type AuthorizerEvent,
  authorizerEvent,
  type ConnectionContext,
  connectEvent,
  type UpgradeStamp,
} from './events.ts';
import { Gatekeeper } from './Gatekeeper.ts';
import type { InvocationOutcome, Invoker } from './Invoker.ts';
import type { Ids } from './ids.ts';
import { gatewayLimits, ownLimits } from './limits.ts';
import type { GatewayOptions } from './options.ts';
import { type Source, sourceOfSocket } from './source.ts';
import { TokenBucket } from './TokenBucket.ts';
import { gatewayRefusal, handshakeRefusal, type Refusal, refuse } from './upgrade.ts';

/** What upgrading needs of its gateway. */
export type UpgradeHost = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly invoker: Invoker;
  readonly isOpen: () => boolean;
  /** Called before the first byte behind the handshake is read. */
  readonly onOpen: (webSocket: WebSocket, stream: Duplex, context: ConnectionContext) => void;
  /** Called when `$connect` has admitted a client that has given up, or been refused, meanwhile. */
  readonly onLost: (context: ConnectionContext) => void;
};

/** An upgrade request, as an HTTP server hands it over. */
export type UpgradeRequest = {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
};

const DEFAULT_API_ID = 'local00000';

const tooMany = gatewayRefusal(429, 'Too Many Requests', 'LimitExceededException');
const stopping = gatewayRefusal(503, 'Service Unavailable', 'ServiceUnavailableException');

/**
 * The way from an upgrade request to an open WebSocket: what can't become one is refused, then the authorizer and
 * `$connect` decide.
 */
export class Upgrader {
  readonly #options: GatewayOptions;
  readonly #host: UpgradeHost;
  readonly #connectQuota: TokenBucket;
  readonly #gatekeeper: Gatekeeper;
  readonly #authorize: ((event: AuthorizerEvent) => Promise<Authorization>) | undefined;
  readonly #subprotocols = new WeakMap<IncomingMessage, string>();
  readonly #webSockets: WebSocketServer;

  constructor(options: GatewayOptions, host: UpgradeHost) {
    this.#options = options;
    this.#host = host;
    const { authorizer, report = () => {} } = options;
    this.#authorize = authorizer && createAuthorize(authorizer, { ...host, report });
    this.#gatekeeper = new Gatekeeper(options.addressLimits ?? {}, host.clock);
    const { connectsPerSecond } = gatewayLimits;
    this.#connectQuota = new TokenBucket(connectsPerSecond, connectsPerSecond, host.clock);
    const webSocketOptions = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // A backstop: the limit itself is kept by the frame meter, which lets earlier messages be answered.
      maxPayload: 2 * gatewayLimits.messageBytes,
      closeTimeout: ownLimits.closeMs,
      // Left to itself, ws would echo the first subprotocol offered; API Gateway echoes what $connect returns.
      handleProtocols: (_offered: Set<string>, request: IncomingMessage) =>
        this.#subprotocols.get(request) ?? false,
    };
    this.#webSockets = new WebSocketServer(webSocketOptions);
  }

  /** Answers the request, with 101 or a refusal. */
  async upgrade(upgrade: UpgradeRequest): Promise<void> {
    const { request, socket } = upgrade;
    const requestId = this.#host.ids.requestId();
    const source = (this.#options.sourceOf ?? sourceOfSocket)(request);
    const refusal = this.#refusalOf(upgrade, source);
    if (refusal) return refuse(socket, refusal, requestId);
    const context = this.#contextOf(request, source);
    const nowMs = this.#host.clock.now();
    const stamp = { requestId, nowMs, traceId: this.#host.ids.traceId(nowMs), source };
    if (!this.#authorize) return this.#decide(upgrade, context, stamp);
    const methodArn = methodArnOf(this.#options);
    const authorization = await this.#authorize(authorizerEvent(request, context, { ...stamp, methodArn }));
    if (authorization.status === 'refused') {
      if (authorization.by === 'authorizer') this.#gatekeeper.fail(source.address);
      return refuse(socket, authorization.refusal, requestId);
    }
    // The stop came meanwhile: it lets what runs finish, and starts nothing new.
    if (!this.#host.isOpen()) return refuse(socket, stopping, requestId);
    return this.#decide(upgrade, { ...context, authorized: authorization.authorized }, stamp);
  }

  #refusalOf({ request, socket }: UpgradeRequest, { address }: Source): Refusal | undefined {
    const refusal = handshakeRefusal(request, this.#options.stage);
    if (refusal) return refusal;
    if (!this.#host.isOpen()) return stopping;
    if (this.#gatekeeper.enter(address, socket) !== 'admitted') return tooMany;
    if (this.#options.quotas !== 'aws' || this.#connectQuota.take() === 'granted') return undefined;
    return tooMany;
  }

  #contextOf(request: IncomingMessage, source: Source): ConnectionContext {
    const { stage, stageVariables, apiId = DEFAULT_API_ID, domainName = 'localhost' } = this.#options;
    const userAgent = request.headers['user-agent'];
    return {
      stage,
      connectedAt: this.#host.clock.now(),
      identity: { ...(userAgent !== undefined && { userAgent }), sourceIp: source.address },
      domainName,
      connectionId: this.#host.ids.connectionId(),
      apiId,
      ...(stageVariables && { stageVariables }),
    };
  }

  /** Lets `$connect` decide. */
  async #decide(upgrade: UpgradeRequest, context: ConnectionContext, stamp: UpgradeStamp): Promise<void> {
    const { request, socket } = upgrade;
    const admission = await this.#connect(request, context, stamp);
    if (admission.status !== 'admitted') return refuse(socket, admission.refusal, stamp.requestId);
    if (admission.subprotocol) this.#subprotocols.set(request, admission.subprotocol);
    this.#open(upgrade, context);
  }

  async #connect(
    request: IncomingMessage,
    context: ConnectionContext,
    stamp: UpgradeStamp,
  ): Promise<Admission> {
    const { $connect } = this.#options.routes;
    if (!$connect) return { status: 'admitted', subprotocol: undefined };
    const outcome = await this.#host.invoker.invoke($connect, connectEvent(request, context, stamp));
    if (outcome.status === 'timed-out') void outcome.late.then((late) => this.#tooLate(late, context));
    const admission = readConnectResult(outcome);
    if (admission.status === 'malformed') {
      const { connectionId } = context;
      const { requestId } = stamp;
      this.#options.report?.({ kind: 'malformed result', routeKey: '$connect', connectionId, requestId });
    }
    return admission;
  }

  /** Whom `$connect` admits after the client has been refused, nobody would ever see off. */
  #tooLate(late: InvocationOutcome, context: ConnectionContext): void {
    if (readConnectResult(late).status === 'admitted') this.#host.onLost(context);
  }

  #open({ request, socket, head }: UpgradeRequest, context: ConnectionContext): void {
    let opened = false;
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      opened = true;
      this.#host.onOpen(webSocket, socket, context);
    });
    // AWS may then forget about $disconnect; here nobody may become a ghost.
    if (!opened) this.#host.onLost(context);
  }
}

/** What an authorizer's policy must allow. */
function methodArnOf(options: GatewayOptions): string {
  const { apiId, accountId = '000000000000', stage, connectionsApi } = options;
  const region = options.region ?? connectionsApi?.region ?? 'us-east-1';
  return `arn:aws:execute-api:${region}:${accountId}:${apiId ?? DEFAULT_API_ID}/${stage}/$connect`;
}
