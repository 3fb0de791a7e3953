import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  type Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { apiMetric, ownMetric, queueMetric, type Summing, tableMetric } from './metrics.ts';
import type { Watched } from './watched.ts';

/** Makes one page that shows how the deployment does, from what people notice down to what it runs on. */
export function createDashboard(scope: Construct, watched: Watched, alarms: readonly IAlarm[]): Dashboard {
  const status = alarms.length > 0 ? [alarmStatus(alarms)] : [];
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: watched.settings.namePrefix,
    widgets: [
      status,
      people(watched),
      messages(watched),
      api(watched),
      ...functions(watched),
      tables(watched),
    ],
  });
}

const alarmStatus = (alarms: readonly IAlarm[]): IWidget =>
  new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 3 });

/** A third of a row. */
const graph = (title: string, left: readonly IMetric[], right: readonly IMetric[] = []): IWidget =>
  new GraphWidget({ title, left: [...left], right: [...right], width: 8, height: 6 });

function people({ settings }: Watched): IWidget[] {
  const own = (name: Parameters<typeof ownMetric>[1]) => ownMetric(settings, name);
  return [
    graph('Connections', [own('ConnectionsOpened'), own('ConnectionsClosed'), own('StaleConnections')]),
    graph('Told no, by their own doing', [own('ConnectionsRefused'), own('TokensRefused'), own('Throttles')]),
    graph('Errors', [own('Errors'), own('MessagesFailed')]),
  ];
}

function messages({ settings }: Watched): IWidget[] {
  const fanOut = (statistic: string) => ownMetric(settings, 'FanOutTime', { statistic });
  return [
    graph('Messages to a recipient each', [
      ownMetric(settings, 'MessagesSent'),
      ownMetric(settings, 'MessagesQueued'),
    ]),
    graph('Chats', [ownMetric(settings, 'ChatsLogged')]),
    graph('Time to send to all recipients', [fanOut('p50'), fanOut('p99')]),
  ];
}

function api({ api }: Watched): IWidget[] {
  const of = (name: Parameters<typeof apiMetric>[1], summing?: Summing) => apiMetric(api, name, summing);
  const latency = (statistic: string) => of('IntegrationLatency', { statistic });
  return [
    graph('API: what comes and goes', [of('MessageCount')], [of('ConnectCount')]),
    graph('API: errors', [of('ExecutionError'), of('IntegrationError'), of('ClientError')]),
    graph('API: time that functions take', [latency('p50'), latency('p99')]),
  ];
}

function functions({ functions, deliveries }: Watched): IWidget[][] {
  const each = (metricOf: (handler: LambdaFunction) => Metric) =>
    functions.map(({ handler }) => metricOf(handler).with({ label: handler.node.id }));
  const duration = (statistic: string) => each((handler) => handler.metricDuration({ statistic }));
  return [
    [
      graph(
        'Functions: invocations',
        each((handler) => handler.metricInvocations()),
      ),
      // Each token that authorize refuses is one of its errors.
      graph(
        'Functions: errors',
        each((handler) => handler.metricErrors()),
      ),
      graph(
        'Functions: throttles',
        each((handler) => handler.metricThrottles()),
      ),
    ],
    [
      graph('Functions: duration, p50', duration('p50')),
      graph('Functions: duration, p99', duration('p99')),
      queues(deliveries),
    ],
  ];
}

const queues = ({ queue, deadLetters }: Watched['deliveries']): IWidget =>
  graph(
    'Deliveries: handed over and dead; seconds waited',
    [
      queueMetric(queue, 'NumberOfMessagesSent'),
      queueMetric(deadLetters, 'ApproximateNumberOfMessagesVisible').with({ label: 'dead' }),
    ],
    [queueMetric(queue, 'ApproximateAgeOfOldestMessage')],
  );

function tables({ tables: { connections, meetings } }: Watched): IWidget[] {
  const both = (name: Parameters<typeof tableMetric>[1]) =>
    Object.entries({ connections, meetings }).map(([label, table]) =>
      tableMetric(table, name).with({ label: `${label}: ${name}` }),
    );
  return [
    graph('Tables: read units', both('ConsumedReadCapacityUnits')),
    graph('Tables: write units', both('ConsumedWriteCapacityUnits')),
    graph('Tables: throttles', [...both('ReadThrottleEvents'), ...both('WriteThrottleEvents')]),
  ];
}
