import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Environment } from '../../lambda/shared/environment.ts';
import { DynamoMeetings } from '../../src/aws/DynamoMeetings.ts';
import type { TableNames } from '../../src/aws/store.ts';
import { Gateway } from '../../src/gateway/Gateway.ts';
import { LambdaFunction } from '../../src/gateway/LambdaFunction.ts';
import { createTables, testCredentials } from './dynamodb.ts';
import { startFaultyProxy } from './faultyProxy.ts';
import { LogKeeper } from './LogKeeper.ts';
import type { BackendOptions, BackendUnderTest } from './server.ts';

const region = 'us-east-1';
const stage = 'production';
const functionNames = ['onConnect', 'onDisconnect', 'sendMessage', 'onDefault'] as const;

/** The zips that would be deployed, each in processes of its own, behind the gateway, with the DynamoDB of the run. */
export async function startLambdaBackend(
  env: Environment,
  options: BackendOptions,
): Promise<BackendUnderTest> {
  const endpoint = process.env.DYNAMODB_ENDPOINT;
  if (!endpoint) throw new Error('DYNAMODB_ENDPOINT is not set: start this by npm run test:lambda');
  const dynamo = new DynamoDBClient({ endpoint, region, credentials: testCredentials });
  const tables = await createTables(dynamo);
  const proxy = await startFaultyProxy(endpoint);
  const log = new LogKeeper();

  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const functions = startFunctions(log, {
    ...env,
    TABLE_NAME: tables.connections,
    MEETINGS_TABLE_NAME: tables.meetings,
    LOG_LEVEL: 'debug',
    CALLBACK_URL: `http://${authority}/${stage}`,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
  });
  const gateway = createGateway(functions, options);
  gateway.attach(server);
  return {
    webSocketUrl: `ws://${authority}/${stage}`,
    log,
    meetings: meetingsOn(dynamo, tables),
    setStore: proxy.setState,
    async stop() {
      await gateway.close();
      server.closeAllConnections();
      server.close();
      await Promise.all(Object.values(functions).map((lambda) => lambda.close()));
      proxy.stop();
      dynamo.destroy();
    },
  };
}

type Functions = Readonly<Record<(typeof functionNames)[number], LambdaFunction>>;

function startFunctions(log: LogKeeper, env: Environment): Functions {
  const environment = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  const start = (name: string) =>
    new LambdaFunction({
      zip: `dist/lambda/${name}.zip`,
      functionName: `CloudMeetX-${name}`,
      environment,
      region,
      // As they are deployed, so that what doesn't fit shows here.
      memoryMb: name === 'sendMessage' ? 512 : 256,
      timeoutMs: name === 'sendMessage' ? 29_000 : 10_000,
      concurrency: 4,
      onLine: (line) => {
        if (line.startsWith('{')) log.write(line);
      },
    });
  const [onConnect, onDisconnect, sendMessage, onDefault] = functionNames.map(start) as [
    LambdaFunction,
    LambdaFunction,
    LambdaFunction,
    LambdaFunction,
  ];
  return { onConnect, onDisconnect, sendMessage, onDefault };
}

function createGateway(functions: Functions, { pingIntervalMs }: BackendOptions): Gateway {
  const twoWay = { routeResponseSelectionExpression: '$default' } as const;
  return new Gateway({
    stage,
    connectionsApi: { accessKey: testCredentials, region },
    ...(pingIntervalMs !== undefined && { pingIntervalMs }),
    routes: {
      $connect: { integration: functions.onConnect.invoke },
      $disconnect: { integration: functions.onDisconnect.invoke },
      messages: {
        sendMessage: { integration: functions.sendMessage.invoke, ...twoWay },
        $default: { integration: functions.onDefault.invoke, ...twoWay },
      },
    },
  });
}

function meetingsOn(dynamo: DynamoDBClient, tables: TableNames): DynamoMeetings {
  return new DynamoMeetings({
    documents: DynamoDBDocumentClient.from(dynamo),
    tables,
    connectionTtlSeconds: 86_400,
    historyTtlSeconds: 604_800,
    now: Date.now,
    newId: () => crypto.randomUUID(),
    sleep: async () => {},
    random: Math.random,
  });
}
