import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricsNamespace } from '../lambda/shared/metricsNamespace.ts';
import { counterNames, durationNames } from '../src/meeting/metricNames.ts';
import { type Deployment, deploymentWith } from './deployment.testing.ts';
import { type MetricReference, unknownMetrics, unknownNames } from './names.testing.ts';
import { type SavedQuery, savedQueries } from './queries.ts';

const plain = deploymentWith();
const withoutTokens = deploymentWith({ auth: 'none' });

type AlarmProperties = {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Dimensions?: readonly Dimension[];
  readonly Metrics?: readonly MetricQuery[];
  readonly TreatMissingData: string;
};
type Dimension = { readonly Name: string; readonly Value: string };
type MetricQuery = {
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly Dimension[];
    };
  };
};

const alarmsOf = ({ all }: Deployment) => all('AWS::CloudWatch::Alarm') as unknown as AlarmProperties[];
const alarm = (name: string) => plain.one('AWS::CloudWatch::Alarm', 'AlarmName', `CloudMeetX-${name}`);

/** The metrics that an alarm refers to, each of which is paid for. */
function metricsOfAlarm({ Metrics = [], ...alone }: AlarmProperties): readonly MetricReference[] {
  const own = { Namespace: alone.Namespace ?? '', MetricName: alone.MetricName ?? '' };
  const metrics = alone.MetricName === undefined ? [] : [{ ...own, Dimensions: alone.Dimensions ?? [] }];
  return [...metrics, ...Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))].map(
    ({ Namespace, MetricName, Dimensions = [] }) => ({
      namespace: Namespace,
      metricName: MetricName,
      dimensions: Dimensions.map(({ Name }) => Name),
    }),
  );
}

type Widget = {
  readonly type: string;
  readonly properties: {
    readonly title: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
  };
};

function widgetsOf({ all }: Deployment): readonly Widget[] {
  const [dashboard] = all('AWS::CloudWatch::Dashboard');
  return JSON.parse(String(dashboard?.DashboardBody)).widgets;
}

/** A row of a widget: namespace, name, then dimensions by name and value, then how it is drawn. */
function metricOfRow([namespace, metricName, ...rest]: readonly unknown[]): MetricReference {
  const dimensions = rest.filter((part, index) => typeof part === 'string' && index % 2 === 0);
  return {
    namespace: String(namespace),
    metricName: String(metricName),
    dimensions: dimensions.map(String),
  };
}

const metricsOfDashboard = (deployment: Deployment): readonly MetricReference[] =>
  widgetsOf(deployment).flatMap(({ properties }) => (properties.metrics ?? []).map(metricOfRow));

describe('the dashboard', () => {
  const shown = metricsOfDashboard(plain);
  const namesIn = (namespace: string) =>
    new Set(shown.filter((one) => one.namespace === namespace).map(({ metricName }) => metricName));

  it('shows only metrics that the code emits, or that their namespace has by its documentation', () => {
    expect(shown.length).toBeGreaterThan(80);
    expect(unknownMetrics(shown)).toEqual([]);
  });

  it("shows all of the backend's own, and of API Gateway, Lambda, DynamoDB and SQS what is documented", () => {
    expect(namesIn('CloudMeetX')).toEqual(new Set([...counterNames, ...durationNames]));
    expect(namesIn('AWS/ApiGateway').size).toBe(6);
    expect([...namesIn('AWS/Lambda')].sort()).toEqual(['Duration', 'Errors', 'Invocations', 'Throttles']);
    expect(namesIn('AWS/DynamoDB').size).toBe(4);
    expect(namesIn('AWS/SQS').size).toBe(3);
  });

  it('shows each function, both tables and all alarms', () => {
    const body = JSON.stringify(widgetsOf(plain));
    const names = [
      ...plain.all('AWS::Lambda::Function').map(({ FunctionName }) => FunctionName),
      ...plain.all('AWS::DynamoDB::Table').map(({ TableName }) => TableName),
    ];
    for (const name of names) expect(body).toContain(`<${name}>`);
    const [status] = widgetsOf(plain).filter(({ type }) => type === 'alarm');
    expect(status?.properties.alarms).toHaveLength(alarmsOf(plain).length);
  });

  it('shows what its own functions count, beside another deployment', () => {
    const namespaces = metricsOfDashboard(deploymentWith({ namePrefix: 'Stag-ing' })).map(
      ({ namespace }) => namespace,
    );
    expect(namespaces).not.toContain('CloudMeetX');
    expect(namespaces).toContain('Stag-ing');
    expect(metricsNamespace({ AWS_LAMBDA_FUNCTION_NAME: 'Stag-ing-join' })).toBe('Stag-ing');
  });

  it('is not there where it is not wanted, and shows no alarms where there are none', () => {
    expect(deploymentWith({ dashboard: 'off' }).all('AWS::CloudWatch::Dashboard')).toEqual([]);
    const types = widgetsOf(deploymentWith({ alarms: 'off' })).map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(['metric']));
  });
});

describe('the alarms', () => {
  it.each(alarmsOf(plain))('watch metrics that there are, and say where to look: $AlarmName', (one) => {
    const watched = metricsOfAlarm(one);
    expect(watched).not.toEqual([]);
    expect(unknownMetrics(watched)).toEqual([]);
    expect(one.AlarmDescription).toMatch(/Look at /);
    expect(one.AlarmDescription.length).toBeLessThan(1024);
    const named = [...one.AlarmDescription.matchAll(/quer(?:y|ies) "(.*?)"(?: \(.*?\))?(?: and "(.*?)")?/g)];
    const names = named.flatMap(([, ...queries]) => queries.filter(Boolean));
    expect(savedQueries.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });

  it('tell the topic when they begin and when they end', () => {
    for (const one of plain.all('AWS::CloudWatch::Alarm')) {
      expect(one.AlarmActions).toHaveLength(1);
      expect(plain.referred((one.AlarmActions as string[])[0])).toMatchObject({
        TopicName: 'CloudMeetX-alarms',
      });
      expect(one.OKActions).toEqual(one.AlarmActions);
    }
  });

  it('take silence for a good sign, but of the sweep', () => {
    const alarming = alarmsOf(plain).filter(({ TreatMissingData }) => TreatMissingData !== 'notBreaching');
    expect(alarming.map(({ AlarmName }) => AlarmName)).toEqual(['CloudMeetX-sweep-missing']);
    expect(alarm('sweep-missing')).toMatchObject({
      ...{ MetricName: 'Invocations', Statistic: 'Sum', Period: 900, EvaluationPeriods: 1 },
      ...{ ComparisonOperator: 'LessThanThreshold', Threshold: 1, TreatMissingData: 'breaching' },
    });
  });

  it('watch the errors of each function but authorize, whose refusals Lambda takes for errors', () => {
    const watching = alarmsOf(plain).flatMap(
      ({ AlarmName }) => AlarmName.split('CloudMeetX-errors-')[1] ?? [],
    );
    const functions = plain.all('AWS::Lambda::Function').map(({ FunctionName }) => String(FunctionName));
    const names = functions.map((name) => name.replace('CloudMeetX-', ''));
    expect(watching.sort()).toEqual(names.filter((name) => name !== 'authorize').sort());
  });

  it('watch what authorize throws beyond what it refuses, over several periods', () => {
    expect(alarm('authorizer-failures')).toMatchObject({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    expect(expressionOf(alarm('authorizer-failures'))).toBe('FILL(thrown, 0) - FILL(refused, 0)');
    const names = alarmsOf(withoutTokens).map(({ AlarmName }) => AlarmName);
    expect(names.filter((name) => /authorizer|nobody/.test(name))).toEqual([]);
  });

  it("leave what clients bring upon themselves alone: they can't set off an alarm by it", () => {
    const watched = alarmsOf(plain)
      .flatMap(metricsOfAlarm)
      .map(({ metricName }) => metricName);
    expect(watched).not.toContain('ConnectionsRefused');
    expect(watched).not.toContain('ClientError');
    expect(watched).not.toContain('IntegrationError');
    const ofUs = alarmsOf(plain)
      .flatMap(metricsOfAlarm)
      .filter(({ namespace }) => namespace === 'CloudMeetX');
    expect(ofUs.map(({ metricName }) => metricName)).not.toContain('Throttles');
  });

  it("fill up what DynamoDB doesn't tell, since an alarm on its metric itself would never end", () => {
    for (const [table, summed] of [
      ['connections', 'FILL(reads, 0) + FILL(writes, 0) + FILL(index, 0)'],
      ['meetings', 'FILL(reads, 0) + FILL(writes, 0)'],
    ] as const) {
      expect(expressionOf(alarm(`throttles-${table}`))).toBe(summed);
    }
    const alone = alarmsOf(plain).filter(({ Namespace }) => Namespace === 'AWS/DynamoDB');
    expect(alone).toEqual([]);
  });

  it('cost what docs/metrics.md says', () => {
    const paid = alarmsOf(plain).flatMap(metricsOfAlarm).length;
    const dollars = (paid / 10).toFixed(2);
    expect(readFileSync('../docs/metrics.md', 'utf8')).toContain(
      `| ${alarmsOf(plain).length} alarms, of ${paid} metrics | 0.10 a metric | ${dollars} |`,
    );
  });

  it('are not there where they are not wanted', () => {
    const { all } = deploymentWith({ alarms: 'off' });
    for (const type of ['AWS::CloudWatch::Alarm', 'AWS::SNS::Topic', 'AWS::SNS::TopicPolicy'])
      expect(all(type)).toEqual([]);
  });
});

const expressionOf = ({ Metrics }: Readonly<Record<string, unknown>>) =>
  (Metrics as readonly { Expression?: string }[]).find(({ Expression }) => Expression)?.Expression;

describe('the topic of the alarms', () => {
  it("takes what the account's alarms publish, over TLS", () => {
    const [policy] = plain.all('AWS::SNS::TopicPolicy');
    expect(policy?.PolicyDocument).toMatchObject({
      Statement: [
        { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Condition: {
            StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
            ArnLike: {
              'aws:SourceArn': 'arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*',
            },
          },
        },
      ],
    });
    expect(plain.outputs).toHaveProperty('AlarmTopicArn');
  });

  it('has a subscriber where an address is given, and none where not', () => {
    expect(plain.all('AWS::SNS::Subscription')).toEqual([]);
    const [subscription] = deploymentWith({ alarmEmail: 'ops@example.com' }).all('AWS::SNS::Subscription');
    expect(subscription).toMatchObject({ Protocol: 'email', Endpoint: 'ops@example.com' });
  });

  it('may be one that exists', () => {
    const alarmTopicArn = 'arn:aws:sns:eu-central-1:111122223333:pager';
    const deployment = deploymentWith({ alarmTopicArn });
    expect(deployment.all('AWS::SNS::Topic')).toEqual([]);
    for (const one of deployment.all('AWS::CloudWatch::Alarm'))
      expect(one.AlarmActions).toEqual([alarmTopicArn]);
  });
});

describe('the saved queries', () => {
  it.each(savedQueries)('read fields that are in some line: $name', (query) => {
    expect(unknownNames(query)).toEqual([]);
  });

  it('are saved in a folder, each over the logs that it reads', () => {
    const saved = plain.all('AWS::Logs::QueryDefinition');
    expect(saved.map(({ Name }) => Name)).toEqual(savedQueries.map(({ name }) => `CloudMeetX/${name}`));
    const functions = plain
      .all('AWS::Lambda::Function')
      .map(({ FunctionName }) => `</aws/lambda/${FunctionName}>`);
    for (const [index, { LogGroupNames }] of saved.entries()) {
      const isAccess = savedQueries[index]?.over === 'access-log';
      expect(LogGroupNames).toEqual(isAccess ? ['/aws/apigateway/CloudMeetX-production'] : functions);
    }
  });

  it('are as many as docs/metrics.md has in its costs', () => {
    expect(readFileSync('../docs/metrics.md', 'utf8')).toContain(`| ${savedQueries.length} saved queries |`);
  });

  it('are explained in docs/logs.md', () => {
    const rows = readFileSync('../docs/logs.md', 'utf8').matchAll(/^\| "(.*?)" \|/gm);
    expect([...rows].map(([, name]) => name)).toEqual(savedQueries.map(({ name }) => name));
  });
});

describe('a name that nothing has', () => {
  const own = { namespace: 'CloudMeetX', dimensions: [] };

  it.each<[string, MetricReference]>([
    ['of ours', { ...own, metricName: 'MessagesSend' }],
    ['of ours with a dimension', { ...own, metricName: 'MessagesSent', dimensions: ['meetingId'] }],
    ['of a namespace that there is not', { ...own, namespace: 'CloudMeet', metricName: 'Errors' }],
    ['of REST APIs', { namespace: 'AWS/ApiGateway', metricName: '4XXError', dimensions: ['ApiId', 'Stage'] }],
    ['with a wrong dimension', { namespace: 'AWS/Lambda', metricName: 'Errors', dimensions: ['Function'] }],
  ])('is found among metrics: one %s', (_, reference) => {
    expect(unknownMetrics([{ ...own, metricName: 'Errors' }])).toEqual([]);
    expect(unknownMetrics([reference])).toHaveLength(1);
  });

  const query = (...commands: string[]): SavedQuery => ({ name: 'planted', over: 'functions', commands });

  it.each([
    [query('filter event = "arrived"'), ['event arrived']],
    [query('filter event in ["joined", "arrived"]'), ['event arrived']],
    [query('fields @timestamp, meeting'), ['meeting']],
    [query('filter event = "left"', 'stats max(participantCount) as most by bin(1h)'), ['participantCount']],
    [query('stats count(*) as many by error.code', 'sort many desc'), ['error.code']],
    [query('filter @kind = "REPORT" and level like /meeting|"a"/'), ['@kind']],
    [{ ...query('stats count(*) by routeKey, meetingId'), over: 'access-log' as const }, ['meetingId']],
  ])('is found in a query: %j', (planted, found) => {
    expect(unknownNames(planted)).toEqual(found);
  });
});
