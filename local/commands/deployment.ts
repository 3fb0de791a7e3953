import { ConfigError, type Environment, text } from '../../lambda/shared/variables.ts';
import { isLoopback } from '../config.ts';

/** Where a deployment is, and what it is. */
export type Deployment = {
  /** `ws://HOST:PORT/STAGE` or `wss://…`, without a query. */
  readonly url: URL;
  /** `machine`: this very one; `api`: API Gateway by its own name; `elsewhere`: any other. */
  readonly place: 'machine' | 'api' | 'elsewhere';
};

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api.html */
const apiHost = /^[a-z0-9]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** The deployment that `--url` names, else the one that `npm start` makes of this environment. Throws a {@link ConfigError}. */
export function deploymentOf(given: string | undefined, env: Environment): Deployment {
  const url = given === undefined ? ownUrl(env) : givenUrl(given);
  if (apiHost.test(url.hostname)) return { url, place: 'api' };
  return { url, place: isLoopback(hostOf(url)) ? 'machine' : 'elsewhere' };
}

/** The region in API Gateway's own name for an API; undefined for any other. */
export const regionIn = ({ url }: Deployment): string | undefined => apiHost.exec(url.hostname)?.[1];

/** The same address for HTTP: `http:` for `ws:`, `https:` for `wss:`. */
export const httpUrl = (url: URL): URL => new URL(url.href.replace(/^ws/, 'http'));

/** A host as it is written outside of addresses. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

function givenUrl(given: string): URL {
  const url = URL.canParse(given) ? new URL(given.replace(/^http/, 'ws')) : undefined;
  if (url && /^wss?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '') {
    return url;
  }
  throw new ConfigError(
    `--url must be the address of a WebSocket API with its stage and nothing behind, such as ws://127.0.0.1:3001/production, but is "${given}".`,
  );
}

const everyAddress: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

function ownUrl(env: Environment): URL {
  const host = text(env, 'HOST', '127.0.0.1');
  const reached = everyAddress[host] ?? host;
  const scheme = env.TLS_CERT ? 'wss' : 'ws';
  const address = `${scheme}://${reached.includes(':') ? `[${reached}]` : reached}:${text(env, 'PORT', '3001')}/${text(env, 'STAGE', 'production')}`;
  if (URL.canParse(address)) return new URL(address);
  throw new ConfigError(`HOST, PORT and STAGE make no address: "${address}". Correct them, or give --url.`);
}
