import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { Gateway } from '../../src/gateway/Gateway.ts';
import { LambdaFunction } from '../../src/gateway/LambdaFunction.ts';
import { testCredentials } from '../harness/dynamodb.ts';
import { twoWay } from '../harness/integrations.ts';
import { startLambdaBackend } from '../harness/lambdaBackend.ts';
import { runSuite, section } from '../harness/runSuite.ts';

const region = 'us-east-1';
const TableName = 'ProbeWatchers';

it('the zips of functions and probe, behind our gateway with a DynamoDB, pass the suite for deployed stages', async () => {
  execFileSync(process.execPath, ['scripts/build.mjs', '--probe'], { stdio: 'inherit' });
  const endpoint = String(process.env.DYNAMODB_ENDPOINT);
  await createTable(endpoint);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const probe = startProbe({ endpoint, callbackUrl: `http://${authority}/production` });
  const gateway = new Gateway({
    stage: 'production',
    connectionsApi: { accessKey: testCredentials, region },
    routes: {
      $connect: { integration: probe.invoke },
      $disconnect: { integration: probe.invoke },
      messages: {
        event: twoWay(probe.invoke),
        play: twoWay(probe.invoke),
        quiet: { integration: probe.invoke },
      },
    },
  });
  gateway.attach(server);
  onTestFinished(async () => {
    await gateway.close();
    server.closeAllConnections();
    server.close();
    await probe.close();
  });

  const meetings = await startLambdaBackend({}, {});
  onTestFinished(() => meetings.stop());

  const { MAX_WAIT_MINUTES = '0' } = process.env;
  const { code, output } = await runSuite({
    MAX_WAIT_MINUTES,
    GATEWAY_URL: meetings.webSocketUrl,
    CALLBACK_URL: meetings.webSocketUrl.replace('ws:', 'http:'),
    PROBE_URL: `ws://${authority}/production`,
    PROBE_CALLBACK_URL: `http://${authority}/production`,
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    AWS_REGION: region,
  });

  expect(section(output, 'Rules that do not hold, and their basis')).toEqual(['none']);
  expect(code).toBe(0);
  const unchecked = section(output, 'Not checked this time').filter(
    (line) => !/MAX_WAIT_MINUTES|^none/.test(line),
  );
  expect(unchecked).toEqual([]);
});

async function createTable(endpoint: string): Promise<void> {
  const dynamo = new DynamoDBClient({ endpoint, region, credentials: testCredentials });
  await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'connectionId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'connectionId', KeyType: 'HASH' }],
    }),
  );
  dynamo.destroy();
}

function startProbe({ endpoint, callbackUrl }: { endpoint: string; callbackUrl: string }): LambdaFunction {
  return new LambdaFunction({
    zip: 'dist/probe/probe.zip',
    functionName: 'CloudMeetXProbe-probe',
    environment: {
      WATCHERS_TABLE_NAME: TableName,
      CALLBACK_URL: callbackUrl,
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    },
    region,
    memoryMb: 512,
    timeoutMs: 60_000,
    concurrency: 8,
    onLine: (line) => console.log(line),
  });
}
