import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { deployedFunctions } from '../../infra/deployedFunctions.ts';
import { readAuthentication } from '../../lambda/shared/authentication.ts';
import type { Environment } from '../../lambda/shared/variables.ts';
import { GatewaySender } from '../../local/GatewaySender.ts';
import { DynamoLog } from '../../src/aws/DynamoLog.ts';
import { DynamoMeetings } from '../../src/aws/DynamoMeetings.ts';
import type { Store, TableNames } from '../../src/aws/store.ts';
import { withChaos } from '../../src/gateway/chaos.ts';
import { createClock } from '../../src/gateway/clock.ts';
import { Gateway } from '../../src/gateway/Gateway.ts';
import type { LambdaFunction } from '../../src/gateway/LambdaFunction.ts';
import type { GatewayOptions } from '../../src/gateway/options.ts';
import type { Routes } from '../../src/gateway/routes.ts';
import { sweep } from '../../src/meeting/sweep.ts';
import type { MeetingId } from '../../src/protocol/ids.ts';
import { noQueue } from './backend.ts';
import { CallRecord } from './CallRecord.ts';
import { chanceOfTest, usualTrouble } from './conditions.ts';
import { createTables, testCredentials } from './dynamodb.ts';
import { FaultyStore } from './FaultyStore.ts';
import { LogKeeper } from './LogKeeper.ts';
import { type StartedFunction, startFunctions } from './lambdaFunctions.ts';
import { authorityOf, close, listen } from './listening.ts';
import { startDeliveryQueue } from './queue/deliveryQueue.ts';
import type { StandardQueue } from './queue/StandardQueue.ts';
import type { Random } from './random.ts';
import type { BackendOptions, BackendUnderTest } from './server.ts';

const region = 'us-east-1';
const stage = 'production';

/** What a test of the built functions may do beside. */
export type LambdaBackend = BackendUnderTest & {
  /** Invokes once what a schedule invokes. */
  passTime(): Promise<void>;
  /** Takes a seq of a meeting's log and never uses it, as a function that dies there. */
  leaveHole(meetingId: MeetingId): Promise<void>;
  /** Ends what has ended without anybody being told, when all that is under way is done: a sweep after eleven minutes. */
  sweep(): Promise<void>;
  /** Kills one process of one function, or of this one, whatever it does, if there is any. */
  killProcess(random: Random, functionName?: string): void;
  /** What was handed over, and isn't done. */
  readonly deliveries: StandardQueue;
};

/** The zips that would be deployed, each in processes of its own, behind the gateway, with the DynamoDB of the run. */
export async function startLambdaBackend(env: Environment, options: BackendOptions): Promise<LambdaBackend> {
  const { DYNAMODB_ENDPOINT: endpoint, CALL_RECORD: callRecord } = process.env;
  if (!endpoint || !callRecord) throw new Error('to be started by npm run test:lambda');
  const dynamo = new DynamoDBClient({ endpoint, region, credentials: testCredentials });
  const tables = await createTables(dynamo);
  const log = new LogKeeper();
  const { trouble = usualTrouble } = options;
  const random = chanceOfTest();
  const store = new FaultyStore(
    trouble?.store && {
      ...{ ...trouble.store, random },
      // Among the functions' own lines, so that a test that fails shows what it met.
      report: (fault) => log.write(JSON.stringify({ event: 'store fault', fault })),
    },
  );
  const record = new CallRecord(deployedFunctions);
  const server = await listen(createServer());
  const deliveries = await startDeliveryQueue(record);
  const doors = {
    endpoint,
    store,
    record,
    server,
    stage,
    region,
    queueUrl: deliveries.url,
    onPost: options.onPost,
  };
  const functions = await startFunctions({ env, log, tables, doors });
  deliveries.invoke(functions);
  const items = storeOn(dynamo, tables);
  const meetings = new DynamoMeetings(items);
  const underWay = new Set<Promise<unknown>>();
  const stopping = new AbortController();
  const api = {
    routes: routesTo(functions, underWay, stopping.signal),
    connectionsApi: { accessKey: testCredentials, region },
  };
  const troubled = trouble
    ? withChaos(api, { ...trouble.gateway, random: random.next, clock: createClock() })
    : api;
  const gateway = createGateway({ ...troubled, ...authorizerOf(functions, env) }, options);
  gateway.attach(server);
  return {
    webSocketUrl: `ws://${authorityOf(server)}/${stage}`,
    log,
    meetings,
    storeCalls: store.calls,
    leaveHole: async (meetingId) => void (await new DynamoLog(items).takeSeq(meetingId)),
    passTime: () => invokeScheduled(functions),
    setStore: (state) => {
      store.state = state;
    },
    async sweep() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
      const connections = new GatewaySender(() => gateway);
      const here = { meetings, connections, deliveryQueue: noQueue, queueAbove: Number.POSITIVE_INFINITY };
      const { errors } = await sweep({ ...here, now: elevenMinutesLater });
      if (errors.length > 0) throw new AggregateError(errors, 'the sweep failed');
    },
    deliveries: deliveries.queue,
    killProcess(random, functionName) {
      const some = functions.filter(({ name }) => functionName === undefined || name === functionName);
      const processIds = some.flatMap(({ lambda }) => lambda.processIds);
      if (processIds.length > 0) process.kill(random.pick(processIds), 'SIGKILL');
    },
    async stop() {
      stopping.abort();
      await gateway.close();
      deliveries.stop();
      close(server);
      await Promise.all(functions.map((started) => started.stop()));
      dynamo.destroy();
      record.save(callRecord);
    },
  };
}

const elevenMinutesLater = () => Date.now() + 660_000;

type Api = Pick<GatewayOptions, 'routes' | 'connectionsApi' | 'authorizer'>;

function createGateway(api: Api, options: BackendOptions): Gateway {
  const { pingIntervalMs, connectedEarlierMs = 0, clock: given = createClock() } = options;
  const clock = {
    elapsedMs: () => given.elapsedMs(),
    after: given.after.bind(given),
    now: () => Date.now() - connectedEarlierMs,
  };
  return new Gateway({
    stage,
    clock,
    ...(pingIntervalMs !== undefined && { pingIntervalMs }),
    ...api,
  });
}

/**
 * Once it stops, events go to a function one after the other: all that a test left connected is disconnected then, and
 * new processes for that would be a third of all that are started.
 */
function routesTo(
  functions: readonly StartedFunction[],
  underWay: Set<Promise<unknown>>,
  stopping: AbortSignal,
): Routes {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (invoke: () => Promise<unknown>) => {
    const invocation = last.then(invoke);
    last = invocation.catch(() => {});
    return invocation;
  };
  const noting = (invoke: LambdaFunction['invoke']) => (event: Parameters<typeof invoke>[0]) => {
    const invoked = stopping.aborted ? inTurn(() => invoke(event)) : invoke(event);
    const invocation = invoked.finally(() => underWay.delete(invocation));
    underWay.add(invocation);
    return invocation;
  };
  const routed = functions.flatMap(({ trigger, lambda }) =>
    trigger.kind === 'route' ? [{ ...trigger, integration: noting(lambda.invoke) }] : [],
  );
  const integrationOf = (routeKey: string) => {
    const found = routed.find(({ key }) => key === routeKey);
    if (!found) throw new Error(`no function has the route ${routeKey}`);
    return found.integration;
  };
  const messages = routed.filter(({ key }) => !['$connect', '$disconnect'].includes(key));
  return {
    $connect: { integration: integrationOf('$connect') },
    $disconnect: { integration: integrationOf('$disconnect') },
    messages: {
      ping: { integration: pong, ...twoWay },
      ...Object.fromEntries(
        messages.map(({ key, direction, integration }) => [
          key,
          { integration, ...(direction === 'two-way' && twoWay) },
        ]),
      ),
    },
  };
}

/** Whom `$connect` asks, where the environment says whose tokens are taken. */
function authorizerOf(functions: readonly StartedFunction[], env: Environment): Pick<Api, 'authorizer'> {
  if (!readAuthentication(env)) return {};
  const authorize = functions.find(({ trigger }) => trigger.kind === 'authorizer');
  if (!authorize) throw new Error('no function is the authorizer');
  return { authorizer: { integration: authorize.lambda.invoke } };
}

const twoWay = { routeResponseSelectionExpression: '$default' } as const;

/** The one route without a function: a mock integration. */
const pong = async () => ({ statusCode: 200, body: '{"type":"pong"}' });

async function invokeScheduled(functions: readonly StartedFunction[]): Promise<void> {
  const event = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };
  const scheduled = functions.filter(({ trigger }) => trigger.kind === 'schedule');
  await Promise.all(scheduled.map(({ lambda }) => lambda.invokeAs(crypto.randomUUID(), event)));
}

function storeOn(dynamo: DynamoDBClient, tables: TableNames): Store {
  return {
    documents: DynamoDBDocumentClient.from(dynamo),
    tables,
    connectionTtlSeconds: 86_400,
    historyTtlSeconds: 604_800,
    now: Date.now,
    newId: () => crypto.randomUUID(),
    sleep: async () => {},
    random: Math.random,
  };
}
