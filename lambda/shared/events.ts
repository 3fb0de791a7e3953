import type { ConnectionId } from '../../src/protocol/ids.ts';

/**
 * What these handlers read of API Gateway's WebSocket events. Real events carry more; absent and null mean the same.
 * Shapes as in https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 */
type RequestContext = {
  readonly connectionId: string;
  readonly requestId: string;
  /** Epoch milliseconds; the same in all events of one connection. */
  readonly connectedAt: number;
};

/** An upgrade request's headers and query: of each name the last value, and all. */
export type UpgradeParameters = {
  readonly headers?: Readonly<Record<string, string>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string>> | null;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[]>> | null;
};

/** The event of a REQUEST authorizer, which is asked before `$connect`. */
export type AuthorizeEvent = UpgradeParameters & {
  readonly methodArn: string;
  readonly requestContext: RequestContext;
};

/** The event of `$connect`. */
export type ConnectEvent = UpgradeParameters & {
  readonly requestContext: RequestContext & {
    readonly eventType: 'CONNECT';
    /** What the authorizer said, if there is one. */
    readonly authorizer?: Readonly<Record<string, unknown>> | null;
  };
};

/** The event of a message, on whichever route. */
export type MessageEvent = {
  readonly body: string;
  readonly requestContext: RequestContext & { readonly eventType: 'MESSAGE'; readonly routeKey: string };
};

/** The event of `$disconnect`; it comes at most once, and sometimes never. */
export type DisconnectEvent = {
  readonly requestContext: RequestContext & {
    readonly eventType: 'DISCONNECT';
    readonly disconnectStatusCode?: number;
    readonly disconnectReason?: string;
  };
};

/** What a Lambda proxy integration returns: the upgrade's answer, or the body of a route response. */
export type ProxyResult = {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** The connection that an event is about. */
export function connectionIdOf(event: { readonly requestContext: RequestContext }): ConnectionId {
  return event.requestContext.connectionId as ConnectionId;
}
