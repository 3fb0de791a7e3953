import type { MembershipLimits } from '../../src/meeting/ports.ts';
import { type LogLevel, logLevels } from './log.ts';

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that can't be used: its message names the variable or flag and says what it should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What every function and the server on one machine are told alike. */
export type SharedConfig = {
  readonly logLevel: LogLevel;
  readonly membershipLimits: MembershipLimits;
  /** How long a line of a meeting's log can be read. */
  readonly historyTtlSeconds: number;
};

/** Reads what every function and the server on one machine are told alike. Throws a {@link ConfigError}. */
export function readSharedConfig(env: Environment): SharedConfig {
  return {
    logLevel: oneOf(env, 'LOG_LEVEL', logLevels, 'info'),
    membershipLimits: {
      connectionsPerMeeting: wholeNumber(env, 'MAX_CONNECTIONS_PER_MEETING', {
        fallback: 500,
        min: 1,
        max: 1_000_000,
      }),
      // A participant with all its connections has to fit into one frame.
      connectionsPerUser: wholeNumber(env, 'MAX_CONNECTIONS_PER_USER', { fallback: 5, min: 1, max: 20 }),
    },
    // A chat may be sent once more within a day, and is then looked up in the log.
    historyTtlSeconds: wholeNumber(env, 'HISTORY_TTL_SECONDS', {
      fallback: 604_800,
      min: 86_400,
      max: 315_360_000,
    }),
  };
}

/** A variable's value; an empty one counts as unset, as in most shells' scripts. */
export const text = (env: Environment, name: string, fallback: string): string => env[name] || fallback;

/** A variable that is a whole number in a range. Throws a {@link ConfigError}. */
export function wholeNumber(
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

/** A variable that is one of a few words. Throws a {@link ConfigError}. */
export function oneOf<Value extends string>(
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

/** A variable that must match a pattern, described in words. Throws a {@link ConfigError}. */
export function matching(
  env: Environment,
  name: string,
  rule: { fallback: string; pattern: RegExp; words: string },
): string {
  const value = text(env, name, rule.fallback);
  if (rule.pattern.test(value)) return value;
  throw new ConfigError(`${name} must be ${rule.words}, but is "${value}".`);
}

/** What a function on AWS is told. */
type FunctionConfig = SharedConfig & {
  readonly tables: { readonly connections: string; readonly meetings: string };
  readonly connectionTtlSeconds: number;
  readonly callbackUrl: string | undefined;
  readonly region: string;
};

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
const tableName = { pattern: /^[\w.-]{3,255}$/, words: '3 to 255 of A-Z a-z 0-9 _ . -' };

/** Reads and checks a function's configuration, once, when it loads. Throws a {@link ConfigError}. */
export function readFunctionConfig(env: Environment): FunctionConfig {
  return {
    ...readSharedConfig(env),
    tables: {
      connections: matching(env, 'TABLE_NAME', { fallback: 'CloudMeetXConnections', ...tableName }),
      meetings: matching(env, 'MEETINGS_TABLE_NAME', { fallback: 'CloudMeetXMeetings', ...tableName }),
    },
    connectionTtlSeconds: wholeNumber(env, 'CONNECTION_TTL_SECONDS', {
      fallback: 86_400,
      // Longer than a connection lives and a sweep may be late, since rows are what a sweep reads.
      min: 10_800,
      max: 31_536_000,
    }),
    callbackUrl: env.CALLBACK_URL ? callbackUrl(env.CALLBACK_URL) : undefined,
    region: text(env, 'AWS_REGION', 'us-east-1'),
  };
}

function callbackUrl(value: string): string {
  if (/^https?:\/\/[^\s?#]+$/.test(value) && URL.canParse(value)) return value.replace(/\/$/, '');
  throw new ConfigError(
    `CALLBACK_URL must be the http or https address of the API with its stage, such as https://abc123.execute-api.eu-central-1.amazonaws.com/production, but is "${value}".`,
  );
}
