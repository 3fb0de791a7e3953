/**
 * The pages whose scripts may connect, by their origin. WebSockets know no CORS: a browser connects any page anywhere,
 * and says in `Origin` for which page it does.
 */
export type AllowedOrigins =
  | { readonly kind: 'any' }
  /** As browsers serialise them, in lower case; `null` stands for those that have none. */
  | {
      readonly kind: 'listed';
      readonly origins: ReadonlySet<string>;
      /** Where the server has a page itself: which one may connect, unlisted. The request has to be for its host. */
      readonly ownPage?: 'of any host' | 'of loopback';
    }
  /** Pages of this machine. */
  | { readonly kind: 'loopback' }
  /** Pages of this machine, and of the host that the request itself is for. */
  | { readonly kind: 'own-host' };

/** What an upgrade request says of where it comes from. */
export type RequestOrigin = {
  /** Of all `Origin` headers. None: no browser. */
  readonly origins: readonly string[];
  /** The `Host` header. */
  readonly host: string | undefined;
};

/** Whether a request's page may connect. Of several origins each has to be allowed. */
export function allowsOrigin(allowed: AllowedOrigins, { origins, host }: RequestOrigin): boolean {
  return origins.every((origin) => allowsOne(allowed, origin.toLowerCase(), host?.toLowerCase()));
}

/** Whether a host, as URLs write it, is this machine for every browser. */
const isLoopbackHost = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host);

function allowsOne(allowed: AllowedOrigins, origin: string, host: string | undefined): boolean {
  switch (allowed.kind) {
    case 'any':
      return true;
    case 'listed':
      return allowed.origins.has(origin) || isOwnPage(allowed.ownPage, origin, host);
    case 'loopback':
      return isLoopbackPage(origin);
    case 'own-host':
      return isLoopbackPage(origin) || isPageOf(origin, host);
  }
}

function isOwnPage(
  own: 'of any host' | 'of loopback' | undefined,
  origin: string,
  host: string | undefined,
): boolean {
  return own !== undefined && isPageOf(origin, host) && (own === 'of any host' || isLoopbackPage(origin));
}

const isPageOf = (origin: string, host: string | undefined): boolean =>
  host !== undefined && authorityOf(origin) === host;

const isLoopbackPage = (origin: string): boolean =>
  isLoopbackHost(authorityOf(origin)?.replace(/:\d{1,5}$/, '') ?? '');

/** Host and port of a page that came over HTTP. */
const authorityOf = (origin: string): string | undefined => /^https?:\/\/([^/]+)$/.exec(origin)?.[1];
