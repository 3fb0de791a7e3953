import type { Authentication } from '../../src/auth/authentication.ts';
import type { MembershipLimits } from '../../src/meeting/ports.ts';
import type { AllowedOrigins } from '../../src/protocol/origins.ts';
import { readAuthentication } from './authentication.ts';
import { type IceConfig, readIceConfig } from './iceConfig.ts';
import { type LogLevel, logLevels } from './log.ts';
import { metricsNamespace } from './metricsNamespace.ts';
import { readAllowedOrigins } from './origins.ts';
import { ConfigError, type Environment, matching, oneOf, text, wholeNumber } from './variables.ts';

/** What every function and the server on one machine are told alike. */
export type SharedConfig = {
  readonly logLevel: LogLevel;
  readonly membershipLimits: MembershipLimits;
  /** A message for more recipients than this is left to the queue; Infinity: none is. */
  readonly queueAbove: number;
  /** How long a line of a meeting's log can be read. */
  readonly historyTtlSeconds: number;
  readonly ice: IceConfig;
  /** How long who was removed from a meeting can't come back. */
  readonly banSeconds: number;
  /** 0: as many as they like. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Whose tokens are asked for; undefined: nobody's. */
  readonly authentication: Authentication | undefined;
  /** The pages that may connect. */
  readonly allowedOrigins: AllowedOrigins;
};

/** What holds where nobody says, and isn't the same in a function and on one machine. */
type Unset = { readonly queueAbove: number };

/** Reads what every function and the server on one machine are told alike. Throws a {@link ConfigError}. */
export function readSharedConfig(env: Environment, unset: Unset = { queueAbove: 0 }): SharedConfig {
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
    queueAbove: readQueueAbove(env, unset.queueAbove),
    // A chat may be sent once more within a day, and is then looked up in the log.
    historyTtlSeconds: wholeNumber(env, 'HISTORY_TTL_SECONDS', {
      fallback: 604_800,
      min: 86_400,
      max: 315_360_000,
    }),
    ice: readIceConfig(env),
    banSeconds: wholeNumber(env, 'BAN_SECONDS', { fallback: 3600, min: 1, max: 31_536_000 }),
    messagesPerSecond: wholeNumber(env, 'RATE_LIMIT_MESSAGES_PER_SECOND', {
      fallback: 50,
      min: 0,
      max: 1_000_000,
    }),
    messageBurst: wholeNumber(env, 'RATE_LIMIT_BURST', { fallback: 100, min: 1, max: 1_000_000 }),
    authentication: readAuthentication(env),
    // With a token no page can borrow anybody's rights: browsers attach nothing by themselves.
    allowedOrigins: readAllowedOrigins(env, { kind: 'any' }),
  };
}

function readQueueAbove(env: Environment, fallback: number): number {
  const recipients = wholeNumber(env, 'QUEUE_ABOVE_RECIPIENTS', { fallback, min: 0, max: 1_000_000 });
  return recipients === 0 ? Number.POSITIVE_INFINITY : recipients;
}

/** What a function on AWS is told. */
type FunctionConfig = SharedConfig & {
  readonly tables: { readonly connections: string; readonly meetings: string };
  readonly connectionTtlSeconds: number;
  readonly callbackUrl: string | undefined;
  /** Undefined: there is no queue. */
  readonly deliveryQueueUrl: string | undefined;
  readonly region: string;
  readonly metricsNamespace: string;
};

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
const tableName = { pattern: /^[\w.-]{3,255}$/, words: '3 to 255 of A-Z a-z 0-9 _ . -' };

/** Reads and checks a function's configuration, once, when it loads. Throws a {@link ConfigError}. */
export function readFunctionConfig(env: Environment): FunctionConfig {
  const deliveryQueueUrl = env.DELIVERY_QUEUE_URL ? queueUrl(env.DELIVERY_QUEUE_URL) : undefined;
  const shared = readSharedConfig(env, { queueAbove: 100 });
  return {
    ...shared,
    queueAbove: deliveryQueueUrl === undefined ? Number.POSITIVE_INFINITY : shared.queueAbove,
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
    deliveryQueueUrl,
    region: text(env, 'AWS_REGION', 'us-east-1'),
    metricsNamespace: metricsNamespace(env),
  };
}

function callbackUrl(value: string): string {
  if (/^https?:\/\/[^\s?#]+$/.test(value) && URL.canParse(value)) return value.replace(/\/$/, '');
  throw new ConfigError(
    `CALLBACK_URL must be the http or https address of the API with its stage, such as https://abc123.execute-api.eu-central-1.amazonaws.com/production, but is "${value}".`,
  );
}

function queueUrl(value: string): string {
  if (/^https?:\/\/[^\s?#]+\/[\w-]{1,80}$/.test(value) && URL.canParse(value)) return value;
  throw new ConfigError(
    `DELIVERY_QUEUE_URL must be the address of a standard queue, such as https://sqs.eu-central-1.amazonaws.com/123456789012/CloudMeetXDeliveries, but is "${value}".`,
  );
}
