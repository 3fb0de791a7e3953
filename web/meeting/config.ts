/** Where the page finds its server, and whether that asks for tokens. */
export type PageConfig = {
  /** `wss://HOST/STAGE`, without a query. */
  readonly url: string;
  readonly authentication: 'none' | 'token';
  /** Answers a GET with a token: as text, or as `{ "token": "…" }`. */
  readonly tokenUrl: string | undefined;
  /** Tells whether the server is up; known where the page and the API have one host. */
  readonly healthUrl: string | undefined;
};

/**
 * Reads what `config.json` says: `{ url, authentication?, tokenUrl? }`, with `url` a WebSocket URL or a path of the page's
 * own host. Throws a `TypeError` that names the field that is wrong.
 */
export function parseConfig(given: unknown, page: URL): PageConfig {
  if (typeof given !== 'object' || given === null) throw new TypeError('It must be a JSON object.');
  const { url, authentication = 'none', tokenUrl } = given as Readonly<Record<string, unknown>>;
  if (typeof url !== 'string' || url === '') throw new TypeError('"url" must be a wss:// URL or a path.');
  if (authentication !== 'none' && authentication !== 'token') {
    throw new TypeError('"authentication" must be "none" or "token".');
  }
  if (tokenUrl !== undefined && typeof tokenUrl !== 'string')
    throw new TypeError('"tokenUrl" must be a URL.');
  const api = new URL(url, page);
  return {
    url: api.href.replace(/^http/, 'ws').replace(/\/$/, ''),
    authentication,
    tokenUrl: tokenUrl ? new URL(tokenUrl, page).href : undefined,
    healthUrl: api.host === page.host ? new URL('/healthz', page).href : undefined,
  };
}
