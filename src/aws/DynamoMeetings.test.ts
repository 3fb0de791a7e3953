import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { meetingsContract } from '../../test/contracts/meetings.ts';
import {
  createTables,
  dynamodbSource,
  startDynamoDB,
  type TestDynamoDB,
} from '../../test/harness/dynamodb.ts';
import { injectFaults } from '../../test/harness/faults.ts';
import { seededRandom, seedOfRun } from '../../test/harness/random.ts';
import { DynamoMeetings } from './DynamoMeetings.ts';

if (dynamodbSource.kind === 'none') {
  it.skip(`Meetings on DynamoDB: ${dynamodbSource.reason}`);
} else {
  describe('DynamoMeetings', () => {
    let dynamodb: TestDynamoDB;
    beforeAll(async () => {
      dynamodb = await startDynamoDB();
    }, 60_000);
    afterAll(() => dynamodb.stop());

    const create = async (documents: DynamoDBDocumentClient) =>
      new DynamoMeetings({
        documents,
        tables: await createTables(dynamodb.connect()),
        connectionTtlSeconds: 10 ** 9,
        now: Date.now,
        newId: () => crypto.randomUUID(),
        sleep: async () => {},
        random: Math.random,
      });

    meetingsContract('DynamoDB', () => create(DynamoDBDocumentClient.from(dynamodb.connect())));

    const seed = seedOfRun();
    console.log(`faults: SEED=${seed}`);
    const random = seededRandom(seed);
    meetingsContract(`DynamoDB with conflicts, throttling and timeouts after commit (SEED=${seed})`, () =>
      create(injectFaults(DynamoDBDocumentClient.from(dynamodb.connect()), random)),
    );
  });
}
