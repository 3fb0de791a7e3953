import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { readAlarms } from './contextOfAlarms.ts';
import { readIceServers } from './contextOfIceServers.ts';
import { readTokens } from './contextOfTokens.ts';
import { type Context, list, matching, oneOf, wholeNumber } from './contextValues.ts';
import {
  type CustomDomain,
  limits,
  logLevels,
  logRoles,
  removalPolicies,
  type Settings,
  SetupError,
  tableEncryptions,
  withDefaults,
} from './settings.ts';

/** Reads and checks what is chosen by context values. Throws a {@link SetupError}. */
export function readContext(context: Context): Settings {
  const defaults = withDefaults({
    namePrefix: matching(context, 'namePrefix', withDefaults().namePrefix, namePrefix),
  });
  return {
    ...defaults,
    tableNames: {
      connections: matching(context, 'connectionsTable', defaults.tableNames.connections, tableName),
      meetings: matching(context, 'meetingsTable', defaults.tableNames.meetings, tableName),
    },
    tableEncryption: oneOf(context, 'tableEncryption', tableEncryptions, defaults.tableEncryption),
    removalPolicy: oneOf(context, 'removalPolicy', removalPolicies, defaults.removalPolicy),
    logLevel: oneOf(context, 'logLevel', logLevels, defaults.logLevel),
    logRetention: retention(context, defaults.logRetention),
    logRole: oneOf(context, 'logRole', logRoles, defaults.logRole),
    throttling: {
      ratePerSecond: wholeNumber(context, 'throttlingRate') ?? defaults.throttling.ratePerSecond,
      burst: wholeNumber(context, 'throttlingBurst') ?? defaults.throttling.burst,
    },
    limits: chosenLimits(context),
    dashboard: oneOf(context, 'dashboard', ['on', 'off'], defaults.dashboard),
    alarms: readAlarms(context),
    ...readTokens(context),
    allowedOrigins: list(context, 'allowedOrigins', origin),
    iceServers: readIceServers(context),
    customDomain: customDomain(context),
  };
}

// With it a function's name must keep within 64 characters, and a stack's begin with a letter.
const namePrefix = {
  pattern: /^[A-Za-z][A-Za-z0-9-]{0,39}$/,
  words: 'a letter and up to 39 letters, digits or -',
};

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
const tableName = { pattern: /^[\w.-]{3,255}$/, words: '3 to 255 of A-Z a-z 0-9 _ . -' };

// As browsers send it: no path, and no port where it is the scheme's own. The functions refuse to load with another.
const origin = {
  pattern: /^(\*|null|(?!http:.*:80$|https:.*:443$)[a-z][a-z0-9+.-]*:\/\/[a-z0-9.[\]:-]+)$/,
  words:
    '* or origins such as https://meet.example.com, without path and default port, with commas between them',
};

function chosenLimits(context: Context): Settings['limits'] {
  const chosen = limits.map(({ name, ...range }) => [name, wholeNumber(context, name, range)] as const);
  return Object.fromEntries(chosen.filter(([, value]) => value !== undefined));
}

/** CloudWatch Logs keeps logs for certain numbers of days only. */
function retention(context: Context, fallback: RetentionDays): RetentionDays {
  const days = wholeNumber(context, 'logRetentionDays') ?? fallback;
  const allowed = Object.values(RetentionDays).filter(
    (value): value is RetentionDays => typeof value === 'number' && value !== RetentionDays.INFINITE,
  );
  const value = allowed.find((candidate) => candidate === days);
  if (value !== undefined) return value;
  throw new SetupError(`logRetentionDays must be one of ${allowed.join(', ')}, but is "${days}".`);
}

function customDomain(context: Context): CustomDomain | undefined {
  if (context('domainName') === undefined && context('certificateArn') === undefined) return undefined;
  return {
    name: matching(context, 'domainName', '', {
      pattern: /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      words: 'a domain name in small letters, as certificateArn is given',
    }),
    certificateArn: matching(context, 'certificateArn', '', {
      pattern: /^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/,
      words: 'the ARN of an ACM certificate in the region of the stack, as domainName is given',
    }),
  };
}
