import type { IncomingMessage } from 'node:http';
import type { Source } from './source.ts';
import { type Headers, headerParameters, type MultiValue, queryParameters } from './upgradeParameters.ts';

/** What an authorizer said of whoever connects: `principalId` and its context, everything as text. */
export type AuthorizerContext = Readonly<Record<string, string>>;

/** What an authorizer said, and how long it took to. */
export type Authorized = { readonly context: AuthorizerContext; readonly latencyMs: number };

/** What is the same in all events of one connection. */
export type ConnectionContext = {
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly stage: string;
  readonly domainName: string;
  readonly apiId: string;
  readonly identity: { readonly userAgent?: string; readonly sourceIp: string };
  readonly stageVariables?: Headers;
  readonly authorized?: Authorized;
};

/** What is new in each event. */
export type EventStamp = { readonly requestId: string; readonly nowMs: number };

/** What the events of one upgrade request share. */
export type UpgradeStamp = EventStamp & { readonly traceId: string; readonly source: Source };

type RequestContext = Omit<ConnectionContext, 'stageVariables' | 'authorized'> & {
  readonly authorizer?: Readonly<Record<string, string | number>>;
  readonly extendedRequestId: string;
  readonly requestId: string;
  readonly requestTime: string;
  readonly requestTimeEpoch: number;
  readonly messageDirection: 'IN';
};

type Envelope = { readonly stageVariables?: Headers; readonly isBase64Encoded: false };

/** The event of a REQUEST authorizer. */
export type AuthorizerEvent = {
  readonly type: 'REQUEST';
  /** What its policy must allow. */
  readonly methodArn: string;
  readonly headers: Headers;
  readonly multiValueHeaders: MultiValue;
  readonly queryStringParameters: Headers;
  readonly multiValueQueryStringParameters: MultiValue;
  readonly stageVariables: Headers;
  readonly requestContext: RequestContext & { readonly routeKey: '$connect'; readonly eventType: 'CONNECT' };
};

/** The event of `$connect`. */
export type ConnectEvent = Envelope & {
  readonly headers: Headers;
  readonly multiValueHeaders: MultiValue;
  readonly queryStringParameters?: Headers;
  readonly multiValueQueryStringParameters?: MultiValue;
  readonly requestContext: RequestContext & { readonly routeKey: '$connect'; readonly eventType: 'CONNECT' };
};

/** The event of a message, on whichever route. `body` is the client's text, untouched. */
export type MessageEvent = Envelope & {
  readonly body: string;
  readonly requestContext: RequestContext & {
    readonly routeKey: string;
    readonly messageId: string;
    readonly eventType: 'MESSAGE';
  };
};

/** The event of `$disconnect`. */
export type DisconnectEvent = Envelope & {
  readonly headers: Headers;
  readonly multiValueHeaders: MultiValue;
  readonly requestContext: RequestContext & {
    readonly routeKey: '$disconnect';
    readonly disconnectStatusCode: number;
    readonly disconnectReason: string;
    readonly eventType: 'DISCONNECT';
  };
};

/** Of the hop-by-hop headers only an authorizer is told, and as AWS's documentation shows them. */
const hopByHop = { Connection: 'upgrade', 'content-length': '0', Upgrade: 'websocket' };

/** Builds the event of a REQUEST authorizer; what is absent from `$connect`'s event is empty in this one. */
export function authorizerEvent(
  request: IncomingMessage,
  context: ConnectionContext,
  stamp: UpgradeStamp & { readonly methodArn: string },
): AuthorizerEvent {
  const { methodArn, traceId, source } = stamp;
  return {
    type: 'REQUEST',
    methodArn,
    ...headerParameters(request, { source, traceId, fixed: hopByHop }),
    ...(queryParameters(request.url ?? '') ?? {
      queryStringParameters: {},
      multiValueQueryStringParameters: {},
    }),
    stageVariables: context.stageVariables ?? {},
    requestContext: { routeKey: '$connect', eventType: 'CONNECT', ...requestContext(context, stamp) },
  };
}

/** Builds the event of `$connect` from the upgrade request. */
export function connectEvent(
  request: IncomingMessage,
  context: ConnectionContext,
  stamp: UpgradeStamp,
): ConnectEvent {
  const { authorized } = context;
  const { source, traceId } = stamp;
  return {
    ...headerParameters(request, { source, traceId }),
    ...queryParameters(request.url ?? ''),
    ...envelope(context),
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      ...requestContext(context, stamp),
      ...(authorized && { authorizer: { ...authorized.context, integrationLatency: authorized.latencyMs } }),
    },
  };
}

/** Builds the event of a message. */
export function messageEvent(
  message: { readonly body: string; readonly routeKey: string; readonly messageId: string },
  context: ConnectionContext,
  stamp: EventStamp,
): MessageEvent {
  const { stage, connectedAt, identity, domainName, connectionId, apiId, authorized, stageVariables } =
    context;
  const { requestId, nowMs } = stamp;
  // Field by field, since there is one for each message, and copying objects is slow.
  const requestContext: MessageEvent['requestContext'] = {
    routeKey: message.routeKey,
    messageId: message.messageId,
    eventType: 'MESSAGE',
    stage,
    connectedAt,
    identity,
    domainName,
    connectionId,
    apiId,
    extendedRequestId: requestId,
    requestId,
    requestTime: requestTime(nowMs),
    requestTimeEpoch: nowMs,
    messageDirection: 'IN',
  };
  const event: MessageEvent = { requestContext, body: message.body, isBase64Encoded: false };
  if (!authorized && !stageVariables) return event;
  return {
    ...event,
    ...envelope(context),
    requestContext: { ...requestContext, ...(authorized && { authorizer: authorized.context }) },
  };
}

/** Builds the event of `$disconnect`; of the upgrade's headers API Gateway passes on no more than these. */
export function disconnectEvent(
  end: { readonly code: number; readonly reason: string },
  context: ConnectionContext,
  stamp: EventStamp,
): DisconnectEvent {
  const headers = { Host: context.domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: {
      routeKey: '$disconnect',
      disconnectStatusCode: end.code,
      disconnectReason: end.reason,
      eventType: 'DISCONNECT',
      ...requestContext(context, stamp),
    },
    ...envelope(context),
  };
}

function requestContext(context: ConnectionContext, { requestId, nowMs }: EventStamp): RequestContext {
  const { stage, connectedAt, identity, domainName, connectionId, apiId, authorized } = context;
  return {
    stage,
    connectedAt,
    identity,
    domainName,
    connectionId,
    apiId,
    ...(authorized && { authorizer: authorized.context }),
    extendedRequestId: requestId,
    requestId,
    requestTime: requestTime(nowMs),
    requestTimeEpoch: nowMs,
    messageDirection: 'IN',
  };
}

function envelope({ stageVariables }: ConnectionContext): Envelope {
  return { ...(stageVariables && { stageVariables }), isBase64Encoded: false };
}

/** {@link commonLogTime}, made once a second however many ask. */
const requestTime = (() => {
  let madeFor = Number.NaN;
  let made = '';
  return (ms: number): string => {
    const second = Math.floor(ms / 1000);
    if (second !== madeFor) [madeFor, made] = [second, commonLogTime(ms)];
    return made;
  };
})();

/** `29/Nov/2023:08:04:01 +0000`, as the Common Log Format writes times. */
export function commonLogTime(ms: number): string {
  const [, day, month, year, time] = new Date(ms).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
