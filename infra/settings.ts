import { fileURLToPath } from 'node:url';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** A deployment that can't be synthesised: its message tells a person what to change. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** What the functions' logs may be told to hold, most first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** What may become of the tables when the stack goes. */
export const removalPolicies = ['retain', 'destroy'] as const;

/** Whose key encrypts the tables: DynamoDB's own, or the account's `aws/dynamodb`, whose use CloudTrail shows. */
export const tableEncryptions = ['aws-managed', 'aws-owned'] as const;

/** Where the role comes from with which API Gateway writes access logs: one for the whole account and region. */
export const logRoles = ['create', 'existing'] as const;

/** Where alarms go. */
export type Alarms =
  /** To a topic that the stack makes, and from there to an address, if one is given. */
  | { readonly kind: 'own-topic'; readonly email: string | undefined }
  | { readonly kind: 'existing-topic'; readonly topicArn: string }
  /** Nowhere: there are none. */
  | { readonly kind: 'off' };

/** What the functions may be told by variables, and take: one that is told anything else doesn't load. */
export const limits = [
  { name: 'historyTtlSeconds', variable: 'HISTORY_TTL_SECONDS', min: 86_400, max: 315_360_000 },
  { name: 'maxConnectionsPerMeeting', variable: 'MAX_CONNECTIONS_PER_MEETING', min: 1, max: 1_000_000 },
  { name: 'maxConnectionsPerUser', variable: 'MAX_CONNECTIONS_PER_USER', min: 1, max: 20 },
  { name: 'queueAboveRecipients', variable: 'QUEUE_ABOVE_RECIPIENTS', min: 0, max: 1_000_000 },
  { name: 'banSeconds', variable: 'BAN_SECONDS', min: 1, max: 31_536_000 },
  { name: 'rateLimitMessagesPerSecond', variable: 'RATE_LIMIT_MESSAGES_PER_SECOND', min: 0, max: 1_000_000 },
  { name: 'rateLimitBurst', variable: 'RATE_LIMIT_BURST', min: 1, max: 1_000_000 },
] as const;

/** The claims of a token that may have another name than the functions think, and the variables that tell it. */
export const claims = [
  { name: 'authUserIdClaim', variable: 'AUTH_USER_ID_CLAIM' },
  { name: 'authUserNameClaim', variable: 'AUTH_USER_NAME_CLAIM' },
  { name: 'authRoleClaim', variable: 'AUTH_ROLE_CLAIM' },
  { name: 'authMeetingIdClaim', variable: 'AUTH_MEETING_ID_CLAIM' },
] as const;

/** Whose tokens `$connect` asks for. */
export type Authentication =
  /** Those of a user pool that the stack makes. */
  | { readonly kind: 'cognito' }
  | {
      readonly kind: 'existing-user-pool';
      readonly userPoolId: string;
      readonly clientIds: readonly string[];
    }
  | {
      readonly kind: 'issuer';
      /** As the `iss` claim says it, to the letter. */
      readonly issuer: string;
      readonly audience: readonly string[];
      /** Undefined: that of the issuer's discovery document. */
      readonly jwksUri: string | undefined;
    }
  /** Nobody's: whoever knows the address may join any meeting as anybody. */
  | { readonly kind: 'none' };

/** Where browsers find a way to each other, and the secret that TURN credentials are made with. */
export type IceServers = {
  readonly stunUrls: readonly string[];
  readonly turn:
    | {
        readonly urls: readonly string[];
        /** Name or ARN of a secret of Secrets Manager, whose text the TURN servers share. */
        readonly secretName: string;
      }
    | undefined;
};

/** A domain of one's own in front of the API. */
export type CustomDomain = {
  readonly name: string;
  /** A certificate for the name, in the region of the stack. */
  readonly certificateArn: string;
};

/** Everything that can be chosen about a deployment. */
export type Settings = {
  /** What the names of stack, API, functions, log groups and, unless they are chosen, tables begin with. */
  readonly namePrefix: string;
  readonly tableNames: { readonly connections: string; readonly meetings: string };
  readonly tableEncryption: (typeof tableEncryptions)[number];
  readonly removalPolicy: (typeof removalPolicies)[number];
  readonly logLevel: (typeof logLevels)[number];
  readonly logRetention: RetentionDays;
  readonly logRole: (typeof logRoles)[number];
  /** Requests of all clients together that the stage takes, disconnects included. */
  readonly throttling: { readonly ratePerSecond: number; readonly burst: number };
  /** Of those that aren't chosen the functions know the default. */
  readonly limits: Partial<Readonly<Record<(typeof limits)[number]['name'], number>>>;
  readonly dashboard: 'on' | 'off';
  readonly alarms: Alarms;
  readonly authentication: Authentication;
  /** Of those that aren't chosen the functions know the default. */
  readonly claims: Partial<Readonly<Record<(typeof claims)[number]['name'], string>>>;
  /** Of the pages that may connect, such as `https://meet.example.com`. None: all. */
  readonly allowedOrigins: readonly string[];
  readonly iceServers: IceServers;
  readonly customDomain: CustomDomain | undefined;
  /** The folder with a zip of each function. */
  readonly zips: string;
};

const constants = {
  namePrefix: 'CloudMeetX',
  tableEncryption: 'aws-managed',
  removalPolicy: 'retain',
  logLevel: 'info',
  logRetention: RetentionDays.ONE_MONTH,
  logRole: 'create',
  // A fifth of what an account has for all its APIs of a region, 10,000 a second with a burst of 5,000.
  throttling: { ratePerSecond: 2000, burst: 1000 },
  limits: {},
  dashboard: 'on',
  alarms: { kind: 'own-topic', email: undefined },
  authentication: { kind: 'cognito' },
  claims: {},
  allowedOrigins: [],
  iceServers: { stunUrls: [], turn: undefined },
  customDomain: undefined,
  zips: fileURLToPath(new URL('../dist/lambda', import.meta.url)),
} satisfies Partial<Settings>;

/** Adds what holds where nothing else is chosen. */
export function withDefaults(chosen: Partial<Settings> = {}): Settings {
  const { namePrefix = constants.namePrefix } = chosen;
  const tableNames = { connections: `${namePrefix}Connections`, meetings: `${namePrefix}Meetings` };
  return { ...constants, tableNames, ...chosen };
}
