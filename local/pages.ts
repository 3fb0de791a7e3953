import type { IncomingMessage, OutgoingHttpHeaders, RequestListener } from 'node:http';
import { pathOf } from '../src/gateway/upgrade.ts';
import { acceptedEncodings, hasAlready } from './conditional.ts';
import { mayReadMetrics } from './metricsPage.ts';
import { makePageFile, type PageFile, readPageFiles } from './pageFiles.ts';
import { pageHeaders, textHeaders } from './pagePolicy.ts';

/** What is served, and what it tells of the server. */
export type PagesOptions = {
  readonly health: () => 'ok' | 'stopping';
  /** Whether browsers are to insist on HTTPS from now on. */
  readonly strictTransport: 'on' | 'off';
  /** Where the built page is. Without it, `/` says so. */
  readonly folder: string | undefined;
  readonly config: PageConfig;
  /** The text for `/metrics`, and the token that it is asked for with; without one, it is for this machine alone. */
  readonly metrics: { readonly text: () => string; readonly token: string | undefined };
};

/** What the page is told by the `config.json` beside it. */
export type PageConfig = {
  /** A path of the very host that the page came from: it knows best by which name, and whether over TLS. */
  readonly url: string;
  readonly authentication: 'none' | 'token';
  /** Where it gets its tokens, unless they are in the link. */
  readonly tokenUrl?: string;
};

/** Whatever is served beside the WebSocket API: the page at `/`, its `/config.json`, `/healthz` and `/metrics`. */
export async function createPages(options: PagesOptions): Promise<RequestListener> {
  const { health, strictTransport, config, metrics } = options;
  const built = options.folder === undefined ? [] : await readPageFiles(options.folder);
  // Last, since a folder that was built for elsewhere brings its own.
  const configFile = await makePageFile('config.json', Buffer.from(JSON.stringify(config)));
  const files = new Map([...built, ['/config.json', configFile]]);
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  const ofPage = pageHeaders(config.tokenUrl);

  const told = new Map<string, (request: IncomingMessage) => Answer>([
    ['/healthz', () => healthAnswer(health())],
    [
      '/metrics',
      (request) => (mayReadMetrics(request, metrics.token) ? metricsAnswer(metrics.text()) : notYours),
    ],
  ]);

  const answerTo = (request: IncomingMessage): Answer => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed;
    const path = pathOf(request.url);
    const file = files.get(path);
    if (file) return answerWith(file, request, ofPage);
    return told.get(path)?.(request) ?? (path === '/' ? notBuilt : notFound);
  };
  return (request, response) => {
    const { statusCode, headers, body } = answerTo(request);
    response.writeHead(statusCode, {
      ...(strictTransport === 'on' && { 'strict-transport-security': 'max-age=31536000' }),
      ...(statusCode !== 304 && { 'content-length': Buffer.byteLength(body) }),
      ...headers,
    });
    // Node drops the body of an answer to HEAD by itself.
    response.end(body);
  };
}

type Answer = {
  readonly statusCode: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | string;
};

function answerWith(file: PageFile, { headers }: IncomingMessage, ofPage: OutgoingHttpHeaders): Answer {
  const encoding = acceptedEncodings(headers).find((accepted) => file.packed[accepted]);
  const { bytes, etag } = (encoding && file.packed[encoding]) ?? file.plain;
  const caching = {
    etag,
    'cache-control': file.caching === 'immutable' ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
  };
  if (hasAlready(headers, etag)) return { statusCode: 304, headers: { ...ofPage, ...caching }, body: '' };
  return {
    statusCode: 200,
    headers: {
      ...ofPage,
      ...caching,
      'content-type': file.contentType,
      ...(encoding && { 'content-encoding': encoding }),
    },
    body: bytes,
  };
}

function healthAnswer(status: 'ok' | 'stopping'): Answer {
  const headers = { ...textHeaders, 'content-type': 'application/json; charset=utf-8' };
  return { statusCode: status === 'ok' ? 200 : 503, headers, body: JSON.stringify({ status }) };
}

// https://prometheus.io/docs/instrumenting/exposition_formats/#basic-info
const metricsAnswer = (body: string): Answer => ({
  statusCode: 200,
  headers: { ...textHeaders, 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  body,
});

const notYours: Answer = {
  statusCode: 403,
  headers: textHeaders,
  body: 'Without a METRICS_TOKEN, metrics are for this machine alone. Set METRICS_TOKEN, and ask with "Authorization: Bearer" and that token, to read them.\n',
};

const notFound: Answer = {
  statusCode: 404,
  headers: textHeaders,
  body: 'There is nothing here. See / and /healthz.\n',
};

const notAllowed: Answer = {
  statusCode: 405,
  headers: { ...textHeaders, allow: 'GET, HEAD' },
  body: 'Only GET and HEAD are served here.\n',
};

const notBuilt: Answer = {
  statusCode: 404,
  headers: textHeaders,
  body: 'CloudMeetX is running, but its page is not built. Run "node scripts/build.mjs --web", and start it again.\n',
};
