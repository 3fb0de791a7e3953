import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { TableNames } from '../../src/aws/store.ts';

const installedIn = '.components/dynamodb-local';

/** Where the tests' DynamoDB is to come from, or why there is none. */
export const dynamodbSource:
  | { readonly kind: 'endpoint' | 'local' }
  | { readonly kind: 'none'; readonly reason: string } = process.env.DYNAMODB_ENDPOINT
  ? { kind: 'endpoint' }
  : existsSync(`${installedIn}/.complete`)
    ? { kind: 'local' }
    : {
        kind: 'none',
        reason:
          'no DynamoDB: run scripts/install-test-components.sh, or set DYNAMODB_ENDPOINT to one that runs',
      };

/** Credentials that DynamoDB Local and the gateway take for real. */
export const testCredentials = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'test-secret' };

/** A DynamoDB that runs until it is stopped. */
export type TestDynamoDB = {
  readonly endpoint: string;
  /** A new client, which the test may change. */
  connect(): DynamoDBClient;
  stop(): Promise<void>;
};

/** Starts Amazon's DynamoDB Local in memory, or joins the one at `DYNAMODB_ENDPOINT`. */
export async function startDynamoDB(): Promise<TestDynamoDB> {
  const { endpoint, stop } = process.env.DYNAMODB_ENDPOINT
    ? { endpoint: process.env.DYNAMODB_ENDPOINT, stop: async () => {} }
    : // Somebody else may have taken the port that was free a moment before.
      await startLocal().catch(() => startLocal());
  const connect = () => new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: testCredentials });
  return { endpoint, connect, stop };
}

async function startLocal(): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const main = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';
  const child = spawn(
    'java',
    ['-cp', `${resolve(installedIn)}/*`, main, '-inMemory', '-disableTelemetry', '-port', `${port}`],
    // It leaves a file where it is started.
    { cwd: tmpdir(), stdio: 'ignore' },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill();
    await ended;
  };
  await Promise.race([
    answering(endpoint),
    ended.then(() => Promise.reject(new Error('DynamoDB Local has exited; is Java 17 installed?'))),
  ]);
  return { endpoint, stop };
}

/** The SDK's own retries are what waits for the server to come up. */
async function answering(endpoint: string): Promise<void> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: testCredentials,
    maxAttempts: 60,
  });
  await client.send(new ListTablesCommand({}));
  client.destroy();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

let tables = 0;

/** Makes both tables anew as they are deployed, but for time to live, which no emulator enforces. */
export async function createTables(client: DynamoDBClient): Promise<TableNames> {
  const suffix = `${process.pid}-${++tables}`;
  const names = { connections: `CloudMeetXConnections-${suffix}`, meetings: `CloudMeetXMeetings-${suffix}` };
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' as const });
  const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' as const });
  await client.send(
    new CreateTableCommand({
      TableName: names.connections,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [text('connectionId'), text('meetingId'), text('userId')],
      KeySchema: [hash('connectionId')],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'meetingId-userId-index',
          KeySchema: [hash('meetingId'), range('userId')],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: names.meetings,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [text('meetingId'), text('item')],
      KeySchema: [hash('meetingId'), range('item')],
    }),
  );
  return names;
}
