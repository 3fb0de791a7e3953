import { logEvents } from '../lambda/shared/logEvents.ts';
import { counterNames, durationNames } from '../src/meeting/metricNames.ts';
import type { SavedQuery } from './queries.ts';
import { accessLogFields } from './stage.ts';

/** A metric that a widget or an alarm refers to. */
export type MetricReference = {
  readonly namespace: string;
  readonly metricName: string;
  /** The names of its dimensions. */
  readonly dimensions: readonly string[];
};

/** What a namespace has by its documentation, of what is worth watching here. */
type Documented = {
  readonly metrics: readonly string[];
  /** The sets of dimensions that these metrics come with, each sorted. */
  readonly dimensions: readonly string[];
};

const namespaces: Readonly<Record<string, Documented>> = {
  // By the code, and the one set of dimensions that it writes.
  CloudMeetX: { metrics: [...counterNames, ...durationNames], dimensions: [''] },
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
  'AWS/Lambda': {
    metrics: [
      'Invocations',
      'Errors',
      'DeadLetterErrors',
      'DestinationDeliveryFailures',
      'Throttles',
      'Duration',
      'ConcurrentExecutions',
      'UnreservedConcurrentExecutions',
      'AsyncEventsReceived',
      'AsyncEventAge',
      'AsyncEventsDropped',
    ],
    dimensions: ['', 'FunctionName'],
  },
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
  'AWS/ApiGateway': {
    metrics: [
      'ConnectCount',
      'MessageCount',
      'IntegrationError',
      'ClientError',
      'ExecutionError',
      'IntegrationLatency',
    ],
    dimensions: ['ApiId', 'ApiId,Stage'],
  },
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  'AWS/SQS': {
    metrics: [
      'ApproximateAgeOfOldestMessage',
      'ApproximateNumberOfMessagesDelayed',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesVisible',
      'NumberOfEmptyReceives',
      'NumberOfMessagesDeleted',
      'NumberOfMessagesReceived',
      'NumberOfMessagesSent',
      'SentMessageSize',
    ],
    dimensions: ['QueueName'],
  },
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
  'AWS/DynamoDB': {
    metrics: [
      'ConsumedReadCapacityUnits',
      'ConsumedWriteCapacityUnits',
      'ReadThrottleEvents',
      'WriteThrottleEvents',
    ],
    dimensions: ['TableName', 'GlobalSecondaryIndexName,TableName'],
  },
};

/** Those of the metrics that neither the code emits nor the documentation of their namespace has, in words. */
export function unknownMetrics(references: readonly MetricReference[]): readonly string[] {
  return references
    .filter(({ namespace, metricName, dimensions }) => {
      const known = namespaces[namespace];
      const isKnown =
        known?.metrics.includes(metricName) && known.dimensions.includes([...dimensions].sort().join());
      return !isKnown;
    })
    .map(
      ({ namespace, metricName, dimensions }) =>
        `${namespace} ${metricName} by ${dimensions.join() || 'none'}`,
    );
}

/** What every line has: ours, and Insights' own. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html */
const ofEveryLine = ['time', 'level', 'event', '@timestamp', '@message', '@log', '@logStream', '@requestId'];
const ofReports = ['@type', '@duration', '@billedDuration', '@initDuration', '@maxMemoryUsed', '@memorySize'];
const ofErrors = ['name', 'message', 'stack', 'cause'].map((part) => `error.${part}`);

const commandWords = 'fields filter stats sort limit by as desc asc and or not like in'.split(' ');

/** The fields and events of a query that are in no line that it reads. */
export function unknownNames(query: SavedQuery): readonly string[] {
  const text = query.commands.join(' | ');
  const events = eventsIn(text);
  const listed = new Map<string, readonly string[]>(
    Object.entries(logEvents).map(([event, { fields }]) => [event, fields]),
  );
  const readable = events.length > 0 ? events : [...listed.keys()];
  const fields =
    query.over === 'access-log'
      ? Object.keys(accessLogFields)
      : [...readable.flatMap((event) => listed.get(event) ?? []), ...ofReports, ...ofErrors];
  const known = new Set([...fields, ...ofEveryLine]);
  return [
    ...events.filter((event) => !listed.has(event)).map((event) => `event ${event}`),
    ...fieldsIn(text).filter((field) => !known.has(field)),
  ];
}

/** The events that a query asks for: `event = "a"`, or `event in ["a", "b"]`. */
const eventsIn = (text: string): readonly string[] =>
  [...text.matchAll(/\bevent (?:=|in) (\[[^\]]*\]|"[^"]*")/g)].flatMap(([, asked = '']) =>
    [...asked.matchAll(/"([^"]*)"/g)].map(([, event = '']) => event),
  );

/** Every name in a query that is no word of a command, no function, and no name that the query itself gives. */
function fieldsIn(text: string): readonly string[] {
  const bare = text.replaceAll(/"[^"]*"|(?<=like )\/(?:\\.|[^/])*\//g, '');
  const given = new Set([...bare.matchAll(/\bas (\w+)/g)].map(([, name]) => name));
  return [...bare.matchAll(/(?<![\w.@])@?[A-Za-z_][\w.]*(?![\w.]|\()/g)]
    .map(([name]) => name)
    .filter((name) => !commandWords.includes(name) && !given.has(name));
}
