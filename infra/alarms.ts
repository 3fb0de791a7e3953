import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { apiMetric, computed, ownMetric, queueMetric, tableMetric } from './metrics.ts';
import { CONNECTIONS_INDEX } from './tables.ts';
import { functionOf, type Watched } from './watched.ts';

/** When somebody is to be called, and where they should look first. */
type Plan = {
  readonly name: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** Which side of the threshold is bad; the threshold itself is, above. */
  readonly bad?: 'above' | 'below';
  /** Of so many of the latest periods, how many have to be bad; both 1 where it isn't given. */
  readonly periods?: { readonly bad: number; readonly of: number };
  /** What no data says: that all is well, unless it is told otherwise. */
  readonly noData?: 'well' | 'bad';
  /** What has happened, and where to look. */
  readonly description: string;
};

/** Makes the alarms, which tell the topic when they begin and when they end. */
export function createAlarms(scope: Construct, watched: Watched, topic: ITopic): readonly Alarm[] {
  const action = new SnsAction(topic);
  return plansFor(watched).map((plan) => {
    const alarm = createAlarm(scope, plan, watched.settings.namePrefix);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  });
}

function createAlarm(scope: Construct, plan: Plan, namePrefix: string): Alarm {
  const { periods = { bad: 1, of: 1 }, bad = 'above', noData = 'well' } = plan;
  return new Alarm(scope, `Alarm ${plan.name}`, {
    alarmName: `${namePrefix}-${plan.name}`,
    alarmDescription: plan.description,
    metric: plan.metric,
    threshold: plan.threshold,
    comparisonOperator: operators[bad],
    evaluationPeriods: periods.of,
    datapointsToAlarm: periods.bad,
    treatMissingData: noData === 'bad' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
}

const operators = {
  above: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;

/**
 * Of what is ours to mend. What clients bring upon themselves (messages over the rate, full meetings, refused tokens) is
 * on the dashboard alone: whoever can cause an alarm at will has it ignored.
 */
const plansFor = (watched: Watched): readonly Plan[] => [
  errors(watched),
  failedSends(watched),
  callingFailed(watched),
  ...authorizing(watched),
  ...watched.functions.flatMap(functionErrors),
  functionThrottles(),
  tableThrottles('connections', watched.tables.connections, CONNECTIONS_INDEX),
  tableThrottles('meetings', watched.tables.meetings),
  ...delivering(watched),
  ...sweeping(watched),
];

const errors = ({ settings }: Watched): Plan => ({
  name: 'errors',
  metric: ownMetric(settings, 'Errors'),
  threshold: 5,
  description:
    'Five errors were logged in five minutes: clients were told internal_error, or others were not told of a change. Look at the saved query "errors", and at the tables on the dashboard.',
});

/** A share, so that a large deployment isn't called for what a small one should be. */
const failedSends = ({ settings }: Watched): Plan => ({
  name: 'failed-sends',
  metric: computed(
    'failed sends, in percent',
    'IF(failed >= 20, 100 * failed / (failed + FILL(sent, 0)), 0)',
    {
      failed: ownMetric(settings, 'MessagesFailed'),
      sent: ownMetric(settings, 'MessagesSent'),
    },
  ),
  threshold: 1,
  periods: { bad: 2, of: 3 },
  description:
    'More than one send in a hundred fails, and at least 20 in five minutes, for recipients who may be there. Look at the saved queries "failed posts by cause" (throttled? forbidden?) and "failed sends by meeting".',
});

const callingFailed = ({ api }: Watched): Plan => ({
  name: 'execution-errors',
  metric: apiMetric(api, 'ExecutionError'),
  threshold: 10,
  description:
    'API Gateway could not call a function ten times in five minutes. Look at the saved query "refusals of the API" for the route, then at the throttles of Lambda on the dashboard, and at who may invoke the function.',
});

/**
 * To refuse a token the authorizer has to throw, so that Lambda counts an error for each. What it counts beyond those that
 * were refused is ours. Both counts have their own delay, hence more than one period.
 */
function authorizing(watched: Watched): readonly Plan[] {
  const authorize = functionOf(watched, 'authorizer');
  if (!authorize) return [];
  const { settings } = watched;
  const quarter = { period: Duration.minutes(15) };
  return [
    {
      name: 'authorizer-failures',
      metric: computed('authorizer failures', 'FILL(thrown, 0) - FILL(refused, 0)', {
        thrown: authorize.metricErrors({ period: Duration.minutes(5) }),
        refused: ownMetric(settings, 'TokensRefused'),
      }),
      threshold: 5,
      periods: { bad: 2, of: 3 },
      description:
        'The authorizer fails for other reasons than the tokens, and lets nobody in whom it fails for. Look at the saved query "errors" for authorize: can the keys of the issuer be fetched, and is it configured?',
    },
    {
      name: 'nobody-gets-in',
      metric: computed('nobody gets in', 'IF(FILL(refused, 0) >= 20 AND FILL(opened, 0) < 1, 1, 0)', {
        refused: ownMetric(settings, 'TokensRefused', quarter),
        opened: ownMetric(settings, 'ConnectionsOpened', quarter),
      }).with(quarter),
      threshold: 1,
      description:
        'In a quarter of an hour 20 tokens or more were refused, and nobody was let in. Look at the saved query "refusals by code" for the reasons: unless they are all no-token, which a scanner may cause, issuer, audience or keys have changed.',
    },
  ];
}

/** The handlers answer their errors themselves. What Lambda counts is worse: a crash, a timeout, a bundle that doesn't load. */
function functionErrors({ trigger, handler }: Watched['functions'][number]): readonly Plan[] {
  if (trigger.kind === 'authorizer') return [];
  const name = handler.node.id;
  const metric = handler.metricErrors({ period: Duration.minutes(5) });
  const look = 'Look at the saved query "errors" for what Lambda says of it, and at its duration and memory.';
  if (trigger.kind !== 'schedule') {
    const description = `The function ${name} crashed, timed out or didn't load three times in five minutes. ${look}`;
    return [{ name: `errors-${name}`, metric, threshold: 3, description }];
  }
  const description = `The function ${name} failed twice of the last three times. The next time does the same work; until one succeeds, people who are gone are shown as there. ${look}`;
  return [{ name: `errors-${name}`, metric, threshold: 1, periods: { bad: 2, of: 3 }, description }];
}

/** Functions share the concurrency of their account and region, and nobody is throttled alone. */
const functionThrottles = (): Plan => ({
  name: 'lambda-throttles',
  metric: LambdaFunction.metricAllThrottles({ period: Duration.minutes(5), statistic: 'Sum' }),
  threshold: 10,
  description:
    'Lambda turned away ten invocations in five minutes, of any function of this account and region: clients get errors, and who disconnects is found out late. Look at the invocations on the dashboard, and at the quota of concurrent executions.',
});

/**
 * Filled up, since an alarm on a metric of DynamoDB's itself keeps its state while there is no data, and there is none
 * when nothing is throttled: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
function tableThrottles(name: string, table: Table, indexName?: string): Plan {
  const reads = tableMetric(table, 'ReadThrottleEvents');
  const writes = tableMetric(table, 'WriteThrottleEvents');
  const index = indexName !== undefined && tableMetric(table, 'WriteThrottleEvents', indexName);
  const summed = ['reads', 'writes', ...(index ? ['index'] : [])].map((key) => `FILL(${key}, 0)`).join(' + ');
  return {
    name: `throttles-${name}`,
    metric: computed(`throttles of ${name}`, summed, { reads, writes, ...(index && { index }) }),
    threshold: 10,
    periods: { bad: 2, of: 3 },
    description: `DynamoDB throttles requests to the table of ${name}. Look at its consumed capacity on the dashboard: a sudden doubling passes by itself in minutes, one very large meeting is a hot partition, else it is a quota of the account.`,
  };
}

const delivering = ({ deliveries: { queue, deadLetters } }: Watched): readonly Plan[] => [
  {
    name: 'dead-deliveries',
    metric: queueMetric(deadLetters, 'ApproximateNumberOfMessagesVisible'),
    threshold: 1,
    description:
      'A delivery was laid aside after five tries, each of which failed as a whole. Look at the saved query "errors" for deliver, then move what lies in the queue of dead deliveries back to the other one, or purge it: clients have found the lines of the log that they miss by their numbers.',
  },
  {
    name: 'late-deliveries',
    metric: queueMetric(queue, 'ApproximateAgeOfOldestMessage'),
    // Longer than anything is tried: two minutes.
    threshold: 300,
    periods: { bad: 2, of: 3 },
    description:
      'A delivery has waited for five minutes, and is dropped by then. Look at the invocations and throttles of deliver on the dashboard: it is not invoked, or can not keep up.',
  },
];

function sweeping(watched: Watched): readonly Plan[] {
  const sweep = functionOf(watched, 'schedule');
  if (!sweep) return [];
  return [
    {
      name: 'sweep-missing',
      metric: sweep.metricInvocations({ period: Duration.minutes(15) }),
      threshold: 1,
      bad: 'below',
      noData: 'bad',
      description: `The function ${sweep.node.id} was not invoked for a quarter of an hour, though it is to be every five minutes. Look at its rule in EventBridge (disabled?) and at the throttles of Lambda. Until it runs, people who are gone are shown as there.`,
    },
  ];
}
