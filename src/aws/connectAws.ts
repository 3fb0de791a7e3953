import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';
import type {
  ConnectionSender,
  Delivery,
  DeliveryQueue,
  Meetings,
  RateLimit,
  Telemetry,
} from '../meeting/ports.ts';
import { ApiGatewaySender } from './ApiGatewaySender.ts';
import { DynamoMeetings } from './DynamoMeetings.ts';
import { DynamoRateLimit } from './DynamoRateLimit.ts';
import { EmfTelemetry } from './EmfTelemetry.ts';
import { ManagementApi } from './ManagementApi.ts';
import { SqsDeliveryQueue } from './SqsDeliveryQueue.ts';
import type { TableNames } from './store.ts';
import type { Backoff } from './transact.ts';
import { type BatchResult, type QueueEvent, workThrough } from './workThrough.ts';

/** What a function is told of its surroundings. */
export type AwsConfig = {
  readonly tables: TableNames;
  readonly connectionTtlSeconds: number;
  readonly historyTtlSeconds: number;
  /** 0: as many as they like. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** The API's `@connections` address, stage included; without it, made of each event's API id, stage and region. */
  readonly callbackUrl: string | undefined;
  /** A standard queue of SQS; undefined: there is none. */
  readonly deliveryQueueUrl: string | undefined;
  readonly region: string;
  /** In which CloudWatch keeps what is counted. */
  readonly metricsNamespace: string;
};

/** What sending needs of the event that a function was invoked with. */
type InvocationEvent = { readonly requestContext: { readonly apiId: string; readonly stage: string } };
/** What sending needs of Lambda's context object. */
type InvocationContext = { getRemainingTimeInMillis(): number };

/** The ports on AWS, and the way to tell them which invocation they work for. */
export type Aws = {
  readonly meetings: Meetings;
  readonly connections: ConnectionSender;
  readonly deliveryQueue: DeliveryQueue;
  readonly rateLimit: RateLimit;
  /** What is counted of an invocation is written when it ends. */
  readonly telemetry: Telemetry;
  /** Makes a handler as Lambda calls it. A Lambda environment handles one event at a time. */
  handling<Event, Result>(
    handler: (event: Event) => Promise<Result>,
  ): (event: Event & InvocationEvent, context: InvocationContext) => Promise<Result>;
  /** Makes a handler that a schedule calls. It can send only if `callbackUrl` is configured, as below. */
  scheduled<Result>(
    handler: () => Promise<Result>,
  ): (event: unknown, context: InvocationContext) => Promise<Result>;
  /** Makes a handler that the queue calls, of a worker; `onUnreadable` is told of what is no delivery. */
  queued(
    worker: (delivery: Delivery) => Promise<void>,
    onUnreadable: (error: unknown) => void,
  ): (event: QueueEvent, context: InvocationContext) => Promise<BatchResult>;
};

/**
 * Posts at once: where a function with a whole processor gets no quicker by more, if posts take 10 ms. With less of one it
 * is its processor that is waited for, whatever the number: docs/decisions/0026.
 */
const POST_CONCURRENCY = 64;

/** Milliseconds. Unless told to throw, the SDK only warns of a request that takes too long, and waits on for ever. */
const timeouts = { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true } as const;

/** Connects to DynamoDB and API Gateway. To be called once, when a function's module loads. */
export function connectAws(config: AwsConfig, report: (error: unknown) => void): Aws {
  let current: { readonly callbackUrl: string; readonly context: InvocationContext } | undefined;
  const invocation = () => {
    if (!current) throw new Error('nothing can be sent outside an invocation');
    return current;
  };
  const backoff = { sleep, random: Math.random };
  const dynamo = new DynamoDBClient({
    region: config.region,
    requestHandler: timeouts,
  });
  const apis = new Map<string, ManagementApi>();
  const apiAt = (callbackUrl: string): ManagementApi => {
    const api =
      apis.get(callbackUrl) ??
      new ManagementApi({
        ...{ callbackUrl, signer: signerOf(dynamo, config.region), maxSockets: POST_CONCURRENCY },
        timeoutMs: timeouts.requestTimeout,
      });
    apis.set(callbackUrl, api);
    return api;
  };
  const store = {
    documents: DynamoDBDocumentClient.from(dynamo),
    tables: config.tables,
    connectionTtlSeconds: config.connectionTtlSeconds,
    historyTtlSeconds: config.historyTtlSeconds,
    now: Date.now,
    newId: () => crypto.randomUUID(),
    ...backoff,
  };
  const { messagesPerSecond, messageBurst: burst } = config;
  // Lambda takes each line of standard output for a log event.
  const telemetry = new EmfTelemetry({
    namespace: config.metricsNamespace,
    write: (line) => process.stdout.write(`${line}\n`),
    now: Date.now,
  });
  return {
    telemetry,
    meetings: new DynamoMeetings(store),
    connections: new ApiGatewaySender({
      api: () => apiAt(invocation().callbackUrl),
      remainingMs: () => invocation().context.getRemainingTimeInMillis(),
      concurrency: POST_CONCURRENCY,
      report,
      ...backoff,
    }),
    deliveryQueue: queueOf(config, backoff),
    rateLimit: new DynamoRateLimit(store, { messagesPerSecond, burst }),
    handling: (handler) => (event, context) => {
      current = { callbackUrl: config.callbackUrl ?? defaultCallbackUrl(event, config.region), context };
      return handler(event).finally(() => telemetry.flush());
    },
    scheduled: (handler) => (_event, context) => {
      current = { callbackUrl: configuredCallbackUrl(config), context };
      return handler().finally(() => telemetry.flush());
    },
    queued: (worker, onUnreadable) => (event, context) => {
      current = { callbackUrl: configuredCallbackUrl(config), context };
      return workThrough(event, worker, onUnreadable).finally(() => telemetry.flush());
    },
  };
}

/** Signs as the SDK's own client would, with its credentials. */
const signerOf = ({ config: { credentials, sha256 } }: DynamoDBClient, region: string): SignatureV4 =>
  new SignatureV4({ credentials, sha256, region, service: 'execute-api' });

function queueOf({ deliveryQueueUrl, region }: AwsConfig, backoff: Backoff): DeliveryQueue {
  if (deliveryQueueUrl === undefined) return noQueue;
  const endpoint = new URL(deliveryQueueUrl).origin;
  const client = new SQSClient({ region, endpoint, requestHandler: timeouts });
  return new SqsDeliveryQueue({ client, queueUrl: deliveryQueueUrl, ...backoff });
}

/**
 * Where there is no queue, the sender's own repeats, as long as the function has time, are all there is. Whoever misses a
 * line finds the hole, or asks after a minute of silence.
 */
const noQueue: DeliveryQueue = { enqueue: async () => {} };

function configuredCallbackUrl({ callbackUrl }: AwsConfig): string {
  if (callbackUrl) return callbackUrl;
  throw new Error('CALLBACK_URL is not set, and neither a schedule nor a queue has an API of its own');
}

/** Works behind a custom domain, too, whose own path would follow its mapping and not the stage. */
function defaultCallbackUrl({ requestContext: { apiId, stage } }: InvocationEvent, region: string): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${apiId}.execute-api.${region}.${suffix}/${stage}`;
}

const sleep = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));
