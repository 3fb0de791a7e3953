import type { IncomingMessage, OutgoingHttpHeaders, RequestListener } from 'node:http';
import { pathOf } from '../src/gateway/upgrade.ts';

/** What the pages tell of the server. */
export type PagesOptions = {
  readonly health: () => 'ok' | 'stopping';
  /** The line to paste into a terminal, with the address by which the page was asked for. */
  readonly wscatLine: (request: IncomingMessage) => string;
  /** Whether browsers are to insist on HTTPS from now on. */
  readonly strictTransport: 'on' | 'off';
};

/** Whatever is served beside the WebSocket API: `/healthz`, and at `/` what this is. */
export function createPages({ health, wscatLine, strictTransport }: PagesOptions): RequestListener {
  const answerTo = (request: IncomingMessage): Answer => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return {
        statusCode: 405,
        text: 'Only GET and HEAD are served here.\n',
        headers: { allow: 'GET, HEAD' },
      };
    }
    switch (pathOf(request.url)) {
      case '/healthz': {
        const status = health();
        const headers = { 'content-type': 'application/json; charset=utf-8' };
        return { statusCode: status === 'ok' ? 200 : 503, text: JSON.stringify({ status }), headers };
      }
      case '/':
        return { statusCode: 200, text: welcome(wscatLine(request)) };
      default:
        return { statusCode: 404, text: 'There is nothing here. See / and /healthz.\n' };
    }
  };
  return (request, response) => {
    const { statusCode, text, headers } = answerTo(request);
    response.writeHead(statusCode, {
      ...securityHeaders,
      ...(strictTransport === 'on' && { 'strict-transport-security': 'max-age=31536000' }),
      'content-length': Buffer.byteLength(text),
      ...headers,
    });
    // Node drops the body of an answer to HEAD by itself.
    response.end(text);
  };
}

type Answer = {
  readonly statusCode: number;
  readonly text: string;
  readonly headers?: OutgoingHttpHeaders;
};

/** Text is all there is: nothing may be loaded, run, framed, or taken for something else. */
const securityHeaders = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const welcome = (wscatLine: string): string =>
  `This is CloudMeetX, the real-time backend of a video-conferencing product. Join a meeting from two terminals:\n\n  ${wscatLine}\n`;
