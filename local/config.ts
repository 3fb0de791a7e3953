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
    allowedOrigins: readAllowedOrigins(env, originsWithout(shared.authentication, reach)),
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
