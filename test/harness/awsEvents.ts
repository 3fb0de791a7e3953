import type {
  AuthorizeEvent,
  ConnectEvent,
  DisconnectEvent,
  MessageEvent,
} from '../../lambda/shared/events.ts';
import { listsOf } from './awsSamples.ts';
import { NOW_MS } from './backend.ts';

const domainName = 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com';

/** Events with all that API Gateway puts into them, in its order, so that handlers meet here what they meet there. */
const requestContext = {
  extendedRequestId: 'Qx7aBcDeFgHFXyz=',
  requestTime: '22/Nov/2026:08:04:01 +0000',
  messageDirection: 'IN',
  stage: 'production',
  connectedAt: NOW_MS,
  requestTimeEpoch: NOW_MS,
  identity: { sourceIp: '203.0.113.7' },
  requestId: 'Qx7aBcDeFgHFXyz=',
  domainName,
  connectionId: 'alice-1',
  apiId: 'a1b2c3d4e5',
} as const;

/** `$connect` as a browser causes it. */
export function awsConnectEvent(given: {
  connectionId?: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** What an authorizer said. */
  authorizer?: Readonly<Record<string, unknown>>;
}): ConnectEvent {
  const headers = {
    Host: domainName,
    'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
    'Sec-WebSocket-Key': 'bm90IGEgcmVhbCBrZXkhIQ==',
    'Sec-WebSocket-Version': '13',
    'X-Forwarded-For': '203.0.113.7',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
    ...given.headers,
  };
  const event = {
    headers,
    multiValueHeaders: listsOf(headers),
    ...(given.query && {
      queryStringParameters: given.query,
      multiValueQueryStringParameters: listsOf(given.query),
    }),
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT' as const,
      ...requestContext,
      connectionId: given.connectionId ?? requestContext.connectionId,
      ...(given.authorizer && { authorizer: { ...given.authorizer, integrationLatency: 12 } }),
    },
    isBase64Encoded: false,
  };
  return event;
}

/** What an authorizer is asked before `$connect`. */
export function awsAuthorizeEvent(given: Parameters<typeof awsConnectEvent>[0]): AuthorizeEvent {
  const { isBase64Encoded: _, ...event } = { isBase64Encoded: false, ...awsConnectEvent(given) };
  return {
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/production/$connect',
    stageVariables: {},
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    ...event,
  } as AuthorizeEvent;
}

/** A message, by its text. */
export function awsMessageEvent(
  body: string,
  given: { connectionId?: string; routeKey?: string } = {},
): MessageEvent {
  const event = {
    requestContext: {
      messageId: 'Qx7aBcDeFgHCHlw=',
      eventType: 'MESSAGE' as const,
      ...requestContext,
      routeKey: given.routeKey ?? 'sendMessage',
      connectionId: given.connectionId ?? requestContext.connectionId,
    },
    body,
    isBase64Encoded: false,
  };
  return event;
}

/** `$disconnect`, by the code and reason it is told. */
export function awsDisconnectEvent(
  disconnectStatusCode?: number,
  disconnectReason?: string,
): DisconnectEvent {
  const headers = { Host: domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  const event = {
    headers,
    multiValueHeaders: listsOf(headers),
    requestContext: {
      routeKey: '$disconnect',
      ...(disconnectStatusCode !== undefined && { disconnectStatusCode }),
      eventType: 'DISCONNECT' as const,
      ...(disconnectReason !== undefined && { disconnectReason }),
      ...requestContext,
    },
    isBase64Encoded: false,
  };
  return event;
}
