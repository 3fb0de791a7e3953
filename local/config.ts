import { readSharedConfig, type SharedConfig } from '../lambda/shared/environment.ts';
import {
  ConfigError,
  type Environment,
  matching,
  oneOf,
  text,
  wholeNumber,
} from '../lambda/shared/variables.ts';

/** How one machine is set up; see README for what each variable means. */
export type Config = SharedConfig & {
  readonly port: number;
  readonly host: string;
  readonly stage: string;
  readonly quotas: 'off' | 'aws';
  /** A folder, or `:memory:` for a store that ends with the process. */
  readonly dataDir: string;
  readonly durability: 'normal' | 'full';
};

/** Reads and checks the whole configuration at once. Throws a {@link ConfigError}. */
export function readConfig(env: Environment, argv: readonly string[]): Config {
  const insecure = readFlags(argv);
  const host = text(env, 'HOST', '127.0.0.1');
  if (!isLoopback(host) && insecure === 'refused') {
    throw new ConfigError(
      `HOST=${host} would open the server to others without authentication. Use HOST=127.0.0.1, or give --insecure (npm start -- --insecure) if that is what you want.`,
    );
  }
  return {
    ...readSharedConfig(env),
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
  };
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
