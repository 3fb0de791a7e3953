import { createServer, type Server } from 'node:http';
import { type DeployedFunction, deployedFunctions } from '../../infra/deployedFunctions.ts';
import type { Environment } from '../../lambda/shared/variables.ts';
import type { TableNames } from '../../src/aws/store.ts';
import { LambdaFunction } from '../../src/gateway/LambdaFunction.ts';
import type { CallRecord } from './CallRecord.ts';
import { testCredentials } from './dynamodb.ts';
import { startDynamoProxy, type Treatment } from './dynamodbProxy.ts';
import type { FaultyStore } from './FaultyStore.ts';
import type { LogKeeper } from './LogKeeper.ts';
import { authorityOf, close, listen } from './listening.ts';
import type { BackendOptions } from './server.ts';
import type { TableCall } from './tableCalls.ts';

/** A function that runs, and what is to invoke it. */
export type StartedFunction = {
  readonly name: string;
  readonly trigger: DeployedFunction['trigger'];
  readonly lambda: LambdaFunction;
  stop(): Promise<void>;
};

/** What the functions' ways to the outside need: each function has its own, so that every call is known to be its. */
type Doors = {
  readonly endpoint: string;
  readonly store: FaultyStore;
  readonly record: CallRecord;
  /** Where `@connections` is answered, and the stage of its addresses. */
  readonly server: Server;
  readonly stage: string;
  readonly region: string;
  /** Where the queue of deliveries takes messages. */
  readonly queueUrl: string;
  readonly onPost?: BackendOptions['onPost'];
};

/** What all functions are started with. */
export type Start = {
  readonly env: Environment;
  readonly log: LogKeeper;
  readonly tables: TableNames;
  readonly doors: Doors;
};

/** Starts every function that is deployed, with nothing granted but what it is granted there. */
export async function startFunctions(start: Start): Promise<readonly StartedFunction[]> {
  return Promise.all(
    Object.entries(deployedFunctions).map(([name, deployed]) => startFunction(name, deployed, start)),
  );
}

async function startFunction(
  name: string,
  { trigger, memoryMb, timeoutSeconds }: DeployedFunction,
  { env, log, tables, doors }: Start,
): Promise<StartedFunction> {
  const dynamodb = await openDynamodb(name, tables, doors);
  const callback = await openCallback(name, doors);
  const lambda = new LambdaFunction({
    zip: `dist/lambda/${name}.zip`,
    functionName: `CloudMeetX-${name}`,
    environment: {
      ...definedOnly(env),
      TABLE_NAME: tables.connections,
      MEETINGS_TABLE_NAME: tables.meetings,
      LOG_LEVEL: 'debug',
      // Its name stands where an account's number would, so that the queue knows who calls.
      DELIVERY_QUEUE_URL: `${doors.queueUrl}/${name}/CloudMeetXDeliveries`,
      CALLBACK_URL: `http://${authorityOf(callback)}/${doors.stage}`,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    },
    region: doors.region,
    // As it is deployed, so that what doesn't fit shows here.
    memoryMb,
    timeoutMs: timeoutSeconds * 1000,
    concurrency: 4,
    onLine: (line) => {
      if (line.startsWith('{')) log.write(line);
    },
  });
  const stop = async () => {
    await lambda.close();
    dynamodb.stop();
    close(callback);
  };
  return { name, trigger, lambda, stop };
}

/** A function's way to DynamoDB, which lets through what the function is granted. */
function openDynamodb(name: string, tables: TableNames, { endpoint, store, record }: Doors) {
  const called = ({ action, table }: TableCall) => `${action} on ${resourceOf(table, tables)}`;
  return startDynamoProxy(endpoint, (request) => {
    const refused = request.calls.map(called).filter((call) => !record.permits(name, call));
    return refused.length > 0 ? denied(refused) : store.treat(request);
  });
}

/** A table by what it is for; an index stays one, and is granted by itself. */
function resourceOf(table: string, tables: TableNames): string {
  const [, ...index] = table.split('/');
  const known = Object.entries(tables).find(([, tableName]) => table.split('/')[0] === tableName);
  return known ? [known[0], ...index].join('/') : table;
}

const denied = (calls: readonly string[]): Treatment => ({
  kind: 'refuse',
  status: 400,
  error: { __type: 'AccessDeniedException', Message: `not authorized to perform: ${calls.join(', ')}` },
});

/** A function's way to `@connections`, which lets through what the function is granted. */
function openCallback(name: string, { record, server, onPost }: Doors): Promise<Server> {
  const door = createServer((request, response) => {
    // What is under way from a process that dies must not arrive all the same.
    if (onPost?.(name, String(request.method)) === 'cut') return door.closeAllConnections();
    if (record.permits(name, `${request.method} on @connections`)) server.emit('request', request, response);
    else response.writeHead(403, { 'x-amzn-ErrorType': 'AccessDeniedException' }).end();
  });
  return listen(door);
}

const definedOnly = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
