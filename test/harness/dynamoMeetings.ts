import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, it, onTestFinished } from 'vitest';
import { DynamoMeetings } from '../../src/aws/DynamoMeetings.ts';
import type { Store, TableNames } from '../../src/aws/store.ts';
import { userItem, userItemKey } from '../../src/aws/userItems.ts';
import type { Connection } from '../../src/meeting/ports.ts';
import { createTables, dynamodbSource, startDynamoDB, type TestDynamoDB } from './dynamodb.ts';

const defaults = {
  connectionTtlSeconds: 10 ** 9,
  historyTtlSeconds: 604_800,
  now: Date.now,
  newId: () => crypto.randomUUID(),
  // A reader has to leave writers the time it takes them to write.
  sleep: (delayMs: number) => sleep(delayMs),
  random: Math.random,
};

/** What tests on a DynamoDB are given. */
type OnDynamoDB = {
  /** A new client, which the test may change. */
  readonly connect: () => DynamoDBDocumentClient;
  /** Meetings on tables of their own, or on given ones; `close` deletes its own. */
  readonly create: (
    documents: DynamoDBDocumentClient,
    options?: Partial<Store>,
    tables?: TableNames,
  ) => Promise<{
    readonly meetings: DynamoMeetings;
    readonly tables: TableNames;
    readonly populate: (connections: readonly Connection[]) => Promise<void>;
    readonly close: () => Promise<void>;
  }>;
  /** The same for one test, at whose end they are closed. */
  readonly start: OnDynamoDB['create'];
};

/** Describes tests of meetings on a DynamoDB, which runs meanwhile; they are skipped where there is none. */
export function describeOnDynamoDB(name: string, tests: (dynamodb: OnDynamoDB) => void): void {
  if (dynamodbSource.kind === 'none') {
    it.skip(`${name}: ${dynamodbSource.reason}`);
    return;
  }
  describe(name, () => {
    let dynamodb: TestDynamoDB;
    beforeAll(async () => {
      dynamodb = await startDynamoDB();
    }, 60_000);
    afterAll(() => dynamodb.stop());

    const create: OnDynamoDB['create'] = async (documents, options, given) => {
      const client = dynamodb.connect();
      const tables = given ?? (await createTables(client));
      const close = async () => {
        const own = given ? [] : Object.values(tables);
        for (const TableName of own) await client.send(new DeleteTableCommand({ TableName }));
        client.destroy();
        documents.destroy();
      };
      const populate = (connections: readonly Connection[]) =>
        putUsers(documents, tables.meetings, connections);
      const meetings = new DynamoMeetings({ ...defaults, ...options, documents, tables });
      return { meetings, tables, populate, close };
    };
    const start: OnDynamoDB['create'] = async (...given) => {
      const created = await create(...given);
      onTestFinished(created.close);
      return created;
    };
    tests({ connect: () => DynamoDBDocumentClient.from(dynamodb.connect()), create, start });
  });
}

async function putUsers(documents: DynamoDBDocumentClient, table: string, members: readonly Connection[]) {
  const puts = members.map((member) => {
    const joinedAtMs = member.connectedAtMs;
    const held = [{ connection: { ...member, joinedAtMs }, attributes: {} }];
    return { PutRequest: { Item: userItem(userItemKey(member), { rev: 1, joinedAtMs, held }, 'v') } };
  });
  for (let from = 0; from < puts.length; from += 25) {
    await documents.send(new BatchWriteCommand({ RequestItems: { [table]: puts.slice(from, from + 25) } }));
  }
}
