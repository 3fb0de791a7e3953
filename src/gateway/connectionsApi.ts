import type { IncomingMessage, ServerResponse } from 'node:http';
import { gatewayEnds } from './closeReasons.ts';
import type { GatewayConnection } from './GatewayConnection.ts';
import { gatewayLimits } from './limits.ts';
import { type AccessKey, type SignatureFault, signatureFault } from './signature.ts';
import { textFrame } from './textFrame.ts';
import { pathOf } from './upgrade.ts';

/** Who may call `@connections`. */
export type ConnectionsApiOptions = {
  readonly accessKey: AccessKey;
  readonly region: string;
  /** How the API misbehaves on purpose: see `withChaos`. */
  readonly trouble?: ConnectionsApiTrouble;
};

/** What may befall each call that is signed as it should be. */
export type ConnectionsApiTrouble = {
  /** Throttles calls beyond what the quotas do. */
  readonly throttle: () => 'granted' | 'throttled';
  /** Waited for between doing a call and answering it. */
  readonly beforeAnswer: () => Promise<void>;
};

/** What the calls are answered from. */
export type ConnectionsApiHost = ConnectionsApiOptions & {
  readonly stage: string;
  readonly connection: (connectionId: string) => GatewayConnection | undefined;
  readonly throttle: () => 'granted' | 'throttled';
  readonly newRequestId: () => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** An answer in the shape of the API Gateway Management API: its SDKs read the error's name from a header. */
type Answer = { readonly statusCode: number; readonly errorType?: string; readonly body?: string };

const error = (statusCode: number, errorType: string, message?: string): Answer => ({
  statusCode,
  errorType,
  ...(message !== undefined && { body: JSON.stringify({ message }) }),
});

const gone = error(410, 'GoneException');
const throttled = error(429, 'LimitExceededException');

/** The stage and the connectionId, still encoded, that a path of this API names. SDKs differ in encoding the "@". */
export function connectionsPath(path: string): { readonly stage: string; readonly id: string } | undefined {
  const [, stage, id] = /^\/([^/]+)\/(?:@|%40)connections\/([^/]+)$/i.exec(path) ?? [];
  return stage !== undefined && id !== undefined ? { stage, id } : undefined;
}

/**
 * Answers `POST`, `GET` and `DELETE @connections/{connectionId}`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export async function answerConnectionsRequest(
  request: IncomingMessage,
  response: ServerResponse,
  host: ConnectionsApiHost,
): Promise<void> {
  const { statusCode, errorType, body } = await answerOf(request, host);
  await host.trouble?.beforeAnswer();
  response.writeHead(statusCode, {
    'x-amzn-RequestId': host.newRequestId(),
    ...(errorType && { 'x-amzn-ErrorType': errorType }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  });
  response.end(body);
}

async function answerOf(request: IncomingMessage, host: ConnectionsApiHost): Promise<Answer> {
  const path = pathOf(request.url);
  const body = await readBody(request);
  if (body === 'too large') return error(413, 'PayloadTooLargeException', 'Payload Too Large');
  const { method = '', headers } = request;
  const rule = { accessKey: host.accessKey, region: host.region, nowMs: host.now() };
  const fault = await signatureFault({ method, path, headers, body }, rule);
  if (fault) return error(403, fault, signatureMessages[fault]);
  if (host.throttle() === 'throttled' || host.trouble?.throttle() === 'throttled') return throttled;

  const named = connectionsPath(path);
  if (named?.stage !== host.stage) return error(403, 'ForbiddenException', 'Forbidden');
  const connectionId = decode(named.id);
  if (!/^[\w-]{15}=$/.test(connectionId)) {
    return error(400, 'BadRequestException', `Invalid connectionId: ${connectionId}`);
  }
  const connection = host.connection(connectionId);
  return connection ? perform(method, connection, body) : gone;
}

function perform(method: string, connection: GatewayConnection, body: Buffer): Answer {
  switch (method) {
    case 'POST':
      // A slow reader's full buffer, too, is a LimitExceededException: botocore's model of PostToConnection.
      return { sent: { statusCode: 200 }, gone, failed: throttled }[connection.send(textFrame(body))];
    case 'GET':
      if (!connection.isOpen) return gone;
      return { statusCode: 200, body: JSON.stringify(connection.describe()) };
    case 'DELETE':
      return connection.close(gatewayEnds.deleted) === 'gone' ? gone : { statusCode: 204 };
    default:
      return error(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
}

const signatureMessages: Readonly<Record<SignatureFault, string>> = {
  MissingAuthenticationTokenException: 'Missing Authentication Token',
  UnrecognizedClientException: 'The security token included in the request is invalid.',
  InvalidSignatureException:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
};

async function readBody(request: IncomingMessage): Promise<Buffer | 'too large'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= gatewayLimits.messageBytes) chunks.push(chunk);
  }
  return bytes > gatewayLimits.messageBytes ? 'too large' : Buffer.concat(chunks);
}

function decode(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
