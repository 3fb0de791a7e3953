import { readSharedConfig, type SharedConfig } from '../lambda/shared/environment.ts';
import { readAllowedOrigins } from '../lambda/shared/origins.ts';
import {
  ConfigError,
  type Environment,
  matching,
  oneOf,
  text,
  wholeNumber,
} from '../lambda/shared/variables.ts';
import type { AllowedOrigins } from '../src/protocol/origins.ts';
import { type CertificateFiles, readCertificateFiles } from './certificate.ts';
import { readTrustedProxies, type TrustedProxies } from './proxies.ts';

/** How one machine is set up; see README for what each variable means. */
export type Config = SharedConfig & {
  readonly port: number;
  readonly host: string;
  readonly stage: string;
  readonly quotas: 'off' | 'aws';
  /** A folder, or `:memory:` for a store that ends with the process. */
  readonly dataDir: string;
  readonly durability: 'normal' | 'full';
  readonly certificateFiles: CertificateFiles | undefined;
  readonly trustedProxies: TrustedProxies;
  /** Where the page gets its tokens: an address, or a path of its own host. */
  readonly tokenUrl: string | undefined;
  /** What `/metrics` is asked for with; undefined: it is for this machine alone. */
  readonly metricsToken: string | undefined;
  /** What the operator's door is asked with; undefined: with one that the server makes up and keeps in its folder. */
  readonly operatorToken: string | undefined;
  /** From where somebody may get here. */
  readonly reach: 'this machine' | 'others';
  /** 0: as many as they like. */
  readonly connectionsPerAddress: number;
};

/** Reads and checks the whole configuration at once. Throws a {@link ConfigError}. */
export function readConfig(env: Environment, argv: readonly string[]): Config {
  const insecure = readFlags(argv);
  const shared = readSharedConfig(env);
  const host = text(env, 'HOST', '127.0.0.1');
  const trustedProxies = readTrustedProxies(env);
  const reach = isLoopback(host) && trustedProxies.kind === 'none' ? 'this machine' : 'others';
  if (reach === 'others' && !shared.authentication && insecure === 'refused') refuseToOpen(host);
  return {
    ...shared,
    allowedOrigins: withOwnPage(
      readAllowedOrigins(env, originsWithout(shared.authentication, reach)),
      shared.authentication,
    ),
    port: wholeNumber(env, 'PORT', { fallback: 3001, min: 0, max: 65_535 }),
    host,
    // API Gateway's rule for stage names.
    stage: matching(env, 'STAGE', {
      fallback: 'production',
      pattern: /^[\w-]{1,128}$/,
      words: '1 to 128 of A-Z a-z 0-9 _ -',
    }),
    quotas: oneOf(env, 'GATEWAY_QUOTAS', ['off', 'aws'], 'off'),
    dataDir: text(env, 'DATA_DIR', '.cloudmeetx'),
    durability: oneOf(env, 'DATA_SYNC', ['normal', 'full'], 'normal'),
    certificateFiles: readCertificateFiles(env),
    trustedProxies,
    tokenUrl: readTokenUrl(env, shared.authentication),
    metricsToken: readSecret(env, 'METRICS_TOKEN'),
    operatorToken: readSecret(env, 'OPERATOR_TOKEN'),
    reach,
    connectionsPerAddress: wholeNumber(env, 'MAX_CONNECTIONS_PER_ADDRESS', {
      fallback: reach === 'others' ? 100 : 0,
      min: 0,
      max: 1_000_000,
    }),
  };
}

/** Whose pages may connect when nobody says. */
function originsWithout(
  authentication: SharedConfig['authentication'],
  reach: Config['reach'],
): AllowedOrigins {
  if (authentication) return { kind: 'any' };
  // Any page that is open in a browser of this machine reaches the loopback addresses, too.
  return { kind: reach === 'this machine' ? 'loopback' : 'own-host' };
}

/**
 * The page that is served here may connect, whichever others are listed. Without authentication only under a name of this
 * machine: any other might be somebody else's, pointed here.
 */
function withOwnPage(
  allowed: AllowedOrigins,
  authentication: SharedConfig['authentication'],
): AllowedOrigins {
  if (allowed.kind !== 'listed') return allowed;
  return { ...allowed, ownPage: authentication ? 'of any host' : 'of loopback' };
}

/** A token that programs present in a header. Throws a {@link ConfigError}. */
export function readSecret(env: Environment, name: 'METRICS_TOKEN' | 'OPERATOR_TOKEN'): string | undefined {
  const value = text(env, name, '');
  if (value === '') return undefined;
  if (/^[\x21-\x7e]{16,256}$/.test(value)) return value;
  throw new ConfigError(`${name} must be 16 to 256 characters of ASCII without spaces.`);
}

function readTokenUrl(env: Environment, authentication: SharedConfig['authentication']): string | undefined {
  const value = text(env, 'TOKEN_URL', '');
  if (value === '') return undefined;
  if (!isTokenUrl(value)) {
    throw new ConfigError(
      `TOKEN_URL must be an https address, or a path such as /token on the page's own host, but is "${value}".`,
    );
  }
  if (authentication) return value;
  throw new ConfigError(
    'TOKEN_URL is set, but authentication is off. Set AUTH_ISSUER and AUTH_AUDIENCE, or AUTH_SECRET, or unset TOKEN_URL.',
  );
}

/** Plain HTTP never leaves this machine with a token. */
function isTokenUrl(value: string): boolean {
  if (/^\/(?!\/)[\x21-\x7e]*$/.test(value)) return true;
  if (!URL.canParse(value)) return false;
  const { protocol, host, hostname, username } = new URL(value);
  const isOurs = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  // The host goes into a header that has a grammar of its own.
  return isOurs && username === '' && /^([\w.-]+|\[[\da-f:]+\])(:\d+)?$/.test(host);
}

function refuseToOpen(host: string): never {
  const [opening, instead] = isLoopback(host)
    ? ['TRUST_PROXY', 'Unset TRUST_PROXY']
    : [`HOST=${host}`, 'Use HOST=127.0.0.1'];
  throw new ConfigError(
    `${opening} would open the server to others without authentication. Set AUTH_ISSUER and AUTH_AUDIENCE, or AUTH_SECRET. ${instead}, or give --insecure (npm start -- --insecure), if whoever gets here may join any meeting.`,
  );
}

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function readFlags(argv: readonly string[]): 'given' | 'refused' {
  const unknown = argv.find((flag) => flag !== '--insecure');
  if (unknown !== undefined) throw new ConfigError(`${unknown} is no option. There is only --insecure.`);
  return argv.includes('--insecure') ? 'given' : 'refused';
}
