import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoMeetings } from '../../src/aws/DynamoMeetings.ts';
import type { Meetings } from '../../src/meeting/ports.ts';
import { createTables, dynamodbSource, startDynamoDB, testCredentials } from '../../test/harness/dynamodb.ts';

/** What the functions find around them: a DynamoDB, and an `@connections` that takes every post. */
export type Surroundings = {
  readonly environment: Readonly<Record<string, string>>;
  readonly meetings: Meetings;
  stop(): Promise<void>;
};

/** Starts DynamoDB Local with both tables, and an `@connections` that answers 200 at once and checks nothing. */
export async function startSurroundings(): Promise<Surroundings> {
  if (dynamodbSource.kind === 'none') throw new Error(dynamodbSource.reason);
  const dynamodb = await startDynamoDB();
  const client = dynamodb.connect();
  const tables = await createTables(client);
  const posts = createServer((request, response) => request.resume().on('end', () => response.end()));
  await once(posts.listen(0, '127.0.0.1'), 'listening');
  const { port } = posts.address() as AddressInfo;
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    CALLBACK_URL: `http://127.0.0.1:${port}/production`,
    TABLE_NAME: tables.connections,
    MEETINGS_TABLE_NAME: tables.meetings,
    TZ: ':UTC',
  };
  const meetings = new DynamoMeetings({
    documents: DynamoDBDocumentClient.from(client),
    tables,
    connectionTtlSeconds: 86_400,
    historyTtlSeconds: 604_800,
    now: Date.now,
    newId: () => crypto.randomUUID(),
    sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    random: Math.random,
  });
  return {
    environment,
    meetings,
    async stop() {
      posts.closeAllConnections();
      posts.close();
      client.destroy();
      await dynamodb.stop();
    },
  };
}
