import { Duration } from 'aws-cdk-lib';
import type { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
// Types alone, so that the compiler knows a name that nothing emits.
import type { CounterName, DurationName } from '../src/meeting/ports.ts';
import type { Settings } from './settings.ts';
import { STAGE } from './stage.ts';

/** How metrics are summed up: for so long, and by this statistic, such as `Sum` or `p99`. */
export type Summing = { readonly statistic?: string; readonly period?: Duration };

const PERIOD = Duration.minutes(5);

/** A metric of the backend's own, as `src/aws/EmfTelemetry.ts` writes it: without dimensions. */
export function ownMetric(
  { namePrefix: namespace }: Pick<Settings, 'namePrefix'>,
  metricName: CounterName | DurationName,
  { statistic = 'Sum', period = PERIOD }: Summing = {},
): Metric {
  return new Metric({ namespace, metricName, statistic, period, label: labelOf(metricName, statistic) });
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html */
type ApiMetric =
  | 'ConnectCount'
  | 'MessageCount'
  | 'IntegrationError'
  | 'ClientError'
  | 'ExecutionError'
  | 'IntegrationLatency';

/** A metric of API Gateway's, of all routes of the stage together. */
export function apiMetric(
  { apiId }: WebSocketApi,
  metricName: ApiMetric,
  { statistic = 'Sum', period = PERIOD }: Summing = {},
): Metric {
  const dimensionsMap = { ApiId: apiId, Stage: STAGE };
  const label = labelOf(metricName, statistic);
  return new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap, statistic, period, label });
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
type TableMetric =
  | 'ConsumedReadCapacityUnits'
  | 'ConsumedWriteCapacityUnits'
  | 'ReadThrottleEvents'
  | 'WriteThrottleEvents';

/** A metric of a table, or of an index of it alone. */
export function tableMetric({ tableName }: Table, metricName: TableMetric, indexName?: string): Metric {
  const index = indexName === undefined ? {} : { GlobalSecondaryIndexName: indexName };
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName: tableName, ...index },
    statistic: 'Sum',
    period: PERIOD,
  });
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
type QueueMetric =
  | 'NumberOfMessagesSent'
  | 'ApproximateNumberOfMessagesVisible'
  | 'ApproximateAgeOfOldestMessage';

/** A metric of a queue: how many messages were sent to it, or else the most there was. */
export function queueMetric({ queueName }: Queue, metricName: QueueMetric): Metric {
  return new Metric({
    namespace: 'AWS/SQS',
    metricName,
    dimensionsMap: { QueueName: queueName },
    statistic: metricName === 'NumberOfMessagesSent' ? 'Sum' : 'Maximum',
    period: PERIOD,
    label: metricName,
  });
}

/** Something computed of metrics, which the expression names by their keys. */
export function computed(
  label: string,
  expression: string,
  usingMetrics: Readonly<Record<string, IMetric>>,
): MathExpression {
  return new MathExpression({ label, expression, usingMetrics, period: PERIOD });
}

const labelOf = (name: string, statistic: string): string =>
  statistic === 'Sum' ? name : `${name} ${statistic}`;
