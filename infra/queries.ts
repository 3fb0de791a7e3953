import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { accessLogName } from './stage.ts';
import type { Watched } from './watched.ts';

/** A query of CloudWatch Logs Insights that people find under its name. */
export type SavedQuery = {
  readonly name: string;
  /** Whose lines it reads: the functions', or API Gateway's access log. */
  readonly over: 'functions' | 'access-log';
  /** Its commands, which are put together with pipes. Every field it reads is in `lambda/shared/logEvents.ts`. */
  readonly commands: readonly string[];
};

/** Lambda's own line at the end of each invocation. */
const report = 'filter @type = "REPORT"';

/** The saved queries of a deployment. docs/logs.md says what each is for. */
export const savedQueries: readonly SavedQuery[] = [
  {
    name: 'errors',
    over: 'functions',
    commands: [
      'fields @timestamp, @log, event, error.name, error.message, routeKey, requestId, connectionId, meetingId, @message',
      'filter level = "error" or @message like /ERROR|Task timed out|Runtime exited|Runtime\\.[A-Z]/',
      // To refuse a token, an authorizer has to throw, of which Lambda writes a line. It is no error: see refusals.
      'filter @message not like /"errorMessage":"Unauthorized"/',
      'sort @timestamp desc',
      'limit 200',
    ],
  },
  {
    name: 'refusals by code',
    over: 'functions',
    commands: [
      'filter event = "refused"',
      'stats count(*) as refusals by routeKey, code, reason',
      'sort refusals desc',
    ],
  },
  {
    name: 'failed sends by meeting',
    over: 'functions',
    commands: [
      'filter event = "send failed"',
      'stats sum(failed) as failedSends, count(*) as messages by meetingId',
      'sort failedSends desc',
    ],
  },
  {
    name: 'failed posts by cause',
    over: 'functions',
    commands: [
      'filter event in ["post failed", "check failed"]',
      'stats count(*) as posts by event, error.name, error.message',
      'sort posts desc',
    ],
  },
  {
    name: 'deliveries given up',
    over: 'functions',
    commands: [
      'filter event = "given up"',
      'stats sum(closed) as connectionsClosed, sum(dropped) as framesDropped by meetingId',
      'sort connectionsClosed desc, framesDropped desc',
    ],
  },
  {
    name: 'stale connections',
    over: 'functions',
    commands: [
      'filter event = "stale removed"',
      'stats count(*) as staleConnections, count_distinct(meetingId) as meetings by bin(1h), @log',
      'sort staleConnections desc',
    ],
  },
  {
    name: 'participants per meeting',
    over: 'functions',
    commands: [
      'filter event = "joined"',
      'stats max(participantCount) as mostAtOnce, latest(participantCount) as atLastJoin, count_distinct(userId) as people by meetingId',
      'sort mostAtOnce desc',
    ],
  },
  {
    name: 'slow functions',
    over: 'functions',
    commands: [
      report,
      'stats count(*) as invocations, pct(@duration, 50) as p50Ms, pct(@duration, 99) as p99Ms, max(@duration) as longestMs, max(@maxMemoryUsed / 1000000) as mostMemoryMb by @log',
      'sort p99Ms desc',
    ],
  },
  {
    name: 'cold starts',
    over: 'functions',
    commands: [
      report,
      'stats count(*) as invocations, count(@initDuration) as coldStarts, pct(@initDuration, 50) as p50Ms, pct(@initDuration, 99) as p99Ms by @log',
      'sort coldStarts desc',
    ],
  },
  {
    name: 'refusals of the API',
    over: 'access-log',
    commands: [
      'filter status like /^[45]/',
      'stats count(*) as requests by routeKey, status, errorType, errorMessage, integrationStatus, integrationError',
      'sort requests desc',
    ],
  },
];

/** Saves the queries in a folder by the deployment's name. */
export function createQueries(scope: Construct, { settings, functions }: Watched): void {
  const logGroups = {
    functions: functions.map(({ handler }) => handler.logGroup.logGroupName),
    'access-log': [accessLogName(settings.namePrefix)],
  };
  for (const { name, over, commands } of savedQueries) {
    new CfnQueryDefinition(scope, `Query ${name}`, {
      name: `${settings.namePrefix}/${name}`,
      logGroupNames: logGroups[over],
      queryString: commands.join('\n| '),
    });
  }
}
