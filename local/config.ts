import { type LogLevel, logLevels } from '../lambda/shared/log.ts';

/** How one machine is set up. Durations carry their unit; see README for what each variable means. */
export type Config = {
  readonly port: number;
  readonly host: string;
  readonly stage: string;
  readonly logLevel: LogLevel;
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly connectionsPerMeeting: number;
  readonly connectionsPerUser: number;
  readonly quotas: 'off' | 'aws';
};

/** A setting that can't be used: its message names the variable or flag and says what it should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

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
    port: wholeNumber(env, 'PORT', { fallback: 3001, min: 0, max: 65_535 }),
    host,
    stage: stageName(env),
    logLevel: oneOf(env, 'LOG_LEVEL', logLevels, 'info'),
    messagesPerSecond: wholeNumber(env, 'RATE_LIMIT_MESSAGES_PER_SECOND', {
      fallback: 50,
      min: 0,
      max: 1_000_000,
    }),
    messageBurst: wholeNumber(env, 'RATE_LIMIT_BURST', { fallback: 100, min: 1, max: 1_000_000 }),
    connectionsPerMeeting: wholeNumber(env, 'MAX_CONNECTIONS_PER_MEETING', {
      fallback: 500,
      min: 1,
      max: 1_000_000,
    }),
    connectionsPerUser: wholeNumber(env, 'MAX_CONNECTIONS_PER_USER', { fallback: 5, min: 1, max: 1000 }),
    quotas: oneOf(env, 'GATEWAY_QUOTAS', ['off', 'aws'], 'off'),
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

/** An empty variable counts as unset, as in most shells' scripts. */
const text = (env: Environment, name: string, fallback: string): string => env[name] || fallback;

function wholeNumber(
  env: Environment,
  name: string,
  range: { fallback: number; min: number; max: number },
): number {
  const value = text(env, name, String(range.fallback));
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= range.min && number <= range.max) return number;
  throw new ConfigError(
    `${name} must be a whole number from ${range.min} to ${range.max}, but is "${value}".`,
  );
}

function oneOf<Value extends string>(
  env: Environment,
  name: string,
  values: readonly Value[],
  fallback: Value,
): Value {
  const given = text(env, name, fallback);
  const value = values.find((allowed) => allowed === given);
  if (value !== undefined) return value;
  throw new ConfigError(`${name} must be one of ${values.join(', ')}, but is "${given}".`);
}

/** API Gateway's rule for stage names. */
function stageName(env: Environment): string {
  const stage = text(env, 'STAGE', 'production');
  if (/^[\w-]{1,128}$/.test(stage)) return stage;
  throw new ConfigError(`STAGE must be 1 to 128 of A-Z a-z 0-9 _ -, but is "${stage}".`);
}
