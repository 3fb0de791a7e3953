import type { IncomingMessage } from 'node:http';

type Headers = Record<string, string>;
type MultiValue = Record<string, string[]>;

/** What is the same in all events of one connection. */
export type ConnectionContext = {
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly stage: string;
  readonly domainName: string;
  readonly apiId: string;
  readonly identity: { readonly userAgent?: string; readonly sourceIp: string };
  readonly stageVariables?: Headers;
};

/** What is new in each event. */
export type EventStamp = { readonly requestId: string; readonly nowMs: number };

type RequestContext = Omit<ConnectionContext, 'stageVariables'> & {
  readonly extendedRequestId: string;
  readonly requestId: string;
  readonly requestTime: string;
  readonly requestTimeEpoch: number;
  readonly messageDirection: 'IN';
};

type Envelope = { readonly stageVariables?: Headers; readonly isBase64Encoded: false };

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

/** Builds the event of `$connect` from the upgrade request. */
export function connectEvent(
  request: IncomingMessage,
  context: ConnectionContext,
  stamp: EventStamp & { readonly traceId: string },
): ConnectEvent {
  const multiValueHeaders = upgradeHeaders(request, context.identity.sourceIp, stamp.traceId);
  return {
    headers: lastOfEach(multiValueHeaders),
    multiValueHeaders,
    ...queryParameters(request.url ?? ''),
    ...envelope(context),
    requestContext: { routeKey: '$connect', eventType: 'CONNECT', ...requestContext(context, stamp) },
  };
}

/** Builds the event of a message. */
export function messageEvent(
  message: { readonly body: string; readonly routeKey: string; readonly messageId: string },
  context: ConnectionContext,
  stamp: EventStamp,
): MessageEvent {
  const { body, routeKey, messageId } = message;
  return {
    requestContext: { routeKey, messageId, eventType: 'MESSAGE', ...requestContext(context, stamp) },
    body,
    ...envelope(context),
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
  const { stageVariables: _, ...constant } = context;
  return {
    ...constant,
    extendedRequestId: requestId,
    requestId,
    requestTime: commonLogTime(nowMs),
    requestTimeEpoch: nowMs,
    messageDirection: 'IN',
  };
}

function envelope({ stageVariables }: ConnectionContext): Envelope {
  return { ...(stageVariables && { stageVariables }), isBase64Encoded: false };
}

/** `29/Nov/2023:08:04:01 +0000`, as the Common Log Format writes times. */
export function commonLogTime(ms: number): string {
  const [, day, month, year, time] = new Date(ms).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** The client's headers in its own spelling, less the hop-by-hop ones, plus those that API Gateway adds. */
function upgradeHeaders(request: IncomingMessage, sourceIp: string, traceId: string): MultiValue {
  const values = new Map<string, string[]>();
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const [name, value] = request.rawHeaders.slice(index, index + 2) as [string, string];
    if (!/^(connection|upgrade)$/i.test(name)) append(values, name, value);
  }
  const forwardedFor = take(values, 'X-Forwarded-For');
  values.set('X-Forwarded-For', [[...forwardedFor, sourceIp].join(', ')]);
  take(values, 'X-Forwarded-Port');
  values.set('X-Forwarded-Port', [String(request.socket.localPort ?? 443)]);
  take(values, 'X-Forwarded-Proto');
  values.set('X-Forwarded-Proto', ['encrypted' in request.socket ? 'https' : 'http']);
  take(values, 'X-Amzn-Trace-Id');
  values.set('X-Amzn-Trace-Id', [traceId]);
  return Object.fromEntries([...values].sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
}

function queryParameters(
  url: string,
): Pick<ConnectEvent, 'queryStringParameters' | 'multiValueQueryStringParameters'> {
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
  if (query.size === 0) return {};
  const values = new Map<string, string[]>();
  for (const [name, value] of query) append(values, name, value);
  const multiValueQueryStringParameters = Object.fromEntries(values);
  return {
    queryStringParameters: lastOfEach(multiValueQueryStringParameters),
    multiValueQueryStringParameters,
  };
}

function append(values: Map<string, string[]>, name: string, value: string): void {
  values.set(name, [...(values.get(name) ?? []), value]);
}

/** Takes out all values of a header, however it is spelt. */
function take(values: Map<string, string[]>, name: string): string[] {
  const spellings = [...values.keys()].filter((key) => key.toLowerCase() === name.toLowerCase());
  const taken = spellings.flatMap((key) => values.get(key) ?? []);
  for (const key of spellings) values.delete(key);
  return taken;
}

const lastOfEach = (values: MultiValue): Headers =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
