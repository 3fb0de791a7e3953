import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { gatewayLimits } from './limits.ts';

/** An HTTP answer instead of a WebSocket. */
export type Refusal = {
  readonly statusCode: number;
  /** JSON text. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A refusal in API Gateway's own name. Which `x-amzn-ErrorType` goes with a refused upgrade is assumed. */
export function gatewayRefusal(statusCode: number, message: string, errorType: string): Refusal {
  return {
    statusCode,
    body: JSON.stringify({ message }),
    headers: { 'x-amzn-ErrorType': errorType },
  };
}

/** The path of a request target, without its query; of an absolute one (RFC 9112 section 3.2.2), too. */
export function pathOf(url: string | undefined): string {
  const [target = ''] = (url ?? '').split('?', 1);
  return target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') || '/';
}

/** Whether a request wants to become a WebSocket, and not, say, HTTP/2, which a server may ignore. */
export const isWebSocketUpgrade = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

/** Answers a request as if it had asked for no upgrade: RFC 9110 section 7.8 lets a server ignore what it asked for. */
export function answerWithoutUpgrading(
  request: IncomingMessage,
  socket: Duplex,
  answer: (response: ServerResponse) => void,
): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  response.once('finish', () => socket.end());
  answer(response);
}

/** Whether a path is the stage's own: `/production` or `/production/`. */
export const isStagePath = (path: string, stage: string): boolean =>
  path === `/${stage}` || path === `/${stage}/`;

const KEY = /^[+/0-9A-Za-z]{22}==$/;

/**
 * Why an upgrade request can't become a WebSocket to this stage, if it can't. To be asked before `$connect` runs:
 * what `$connect` admits must also open, or nobody would ever tell the backend that it's gone.
 */
export function handshakeRefusal(request: IncomingMessage, stage: string): Refusal | undefined {
  const { url = '', method, headers } = request;
  if (url.length > gatewayLimits.urlCharacters) {
    return gatewayRefusal(414, 'URI Too Long', 'RequestUriTooLongException');
  }
  if (!isStagePath(pathOf(url), stage)) return gatewayRefusal(403, 'Forbidden', 'ForbiddenException');
  if (method !== 'GET') return badRequest();
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) return badRequest();
  if (!offersDistinctTokens(headers['sec-websocket-protocol'])) return badRequest();
  if (headers['sec-websocket-version'] === '13') return undefined;
  return {
    ...gatewayRefusal(426, 'Upgrade Required', 'BadRequestException'),
    headers: { 'sec-websocket-version': '13' },
  };
}

/** Ends the socket of an upgrade request with an HTTP answer. */
export function refuse(socket: Duplex, refusal: Refusal, requestId: string): void {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(refusal.body),
    'x-amzn-RequestId': requestId,
    ...refusal.headers,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const statusLine = `HTTP/1.1 ${refusal.statusCode} ${STATUS_CODES[refusal.statusCode] ?? 'Refused'}\r\n`;
  socket.once('finish', () => socket.destroy());
  socket.end(`${statusLine}${lines.join('')}\r\n${refusal.body}`);
}

const badRequest = (): Refusal => gatewayRefusal(400, 'Bad Request', 'BadRequestException');

/** RFC 6455 section 4.1: the offered subprotocols are distinct tokens. `ws` refuses others, but only after us. */
function offersDistinctTokens(header: string | undefined): boolean {
  if (header === undefined) return true;
  // Not trim(): it takes no-break spaces, too, which ws doesn't.
  const tokens = header.split(',').map((offer) => /^[ \t]*([!#$%&'*+.^_`|~\w-]+)[ \t]*$/.exec(offer)?.[1]);
  return !tokens.includes(undefined) && new Set(tokens).size === tokens.length;
}
