import type { RequestListener, ServerResponse } from 'node:http';
import { pathOf } from '../src/gateway/upgrade.ts';

/** What the pages tell of the server. */
export type PagesOptions = {
  readonly health: () => 'ok' | 'stopping';
  /** The line to paste into a terminal. */
  readonly wscatLine: () => string;
};

/** Whatever is served beside the WebSocket API: `/healthz`, and at `/` what this is. */
export function createPages({ health, wscatLine }: PagesOptions): RequestListener {
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, 'text/plain', 'Only GET and HEAD are served here.\n');
    }
    switch (pathOf(request.url)) {
      case '/healthz': {
        const status = health();
        return answer(response, status === 'ok' ? 200 : 503, 'application/json', JSON.stringify({ status }));
      }
      case '/':
        return answer(response, 200, 'text/plain', welcome(wscatLine()));
      default:
        return answer(response, 404, 'text/plain', 'There is nothing here. See / and /healthz.\n');
    }
  };
}

const welcome = (wscatLine: string): string =>
  `This is CloudMeetX, the real-time backend of a video-conferencing product. Join a meeting from two terminals:\n\n  ${wscatLine}\n`;

function answer(response: ServerResponse, statusCode: number, type: string, body: string): void {
  response.writeHead(statusCode, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  // Node drops the body of an answer to HEAD by itself.
  response.end(body);
}
