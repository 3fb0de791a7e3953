import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meetingsContract } from '../../test/contracts/meetings.ts';
import { aConnection } from '../../test/harness/connections.ts';
import {
  createTables,
  dynamodbSource,
  startDynamoDB,
  type TestDynamoDB,
} from '../../test/harness/dynamodb.ts';
import { injectFaults } from '../../test/harness/faults.ts';
import { seededRandom, seedOfRun } from '../../test/harness/random.ts';
import type { Connection } from '../meeting/ports.ts';
import { DynamoMeetings } from './DynamoMeetings.ts';
import { userItem } from './tables.ts';

const limits = { connectionsPerMeeting: 100, connectionsPerUser: 5 };

const defaults = {
  connectionTtlSeconds: 10 ** 9,
  now: Date.now,
  newId: () => crypto.randomUUID(),
  sleep: async () => {},
  random: Math.random,
};

if (dynamodbSource.kind === 'none') {
  it.skip(`Meetings on DynamoDB: ${dynamodbSource.reason}`);
} else {
  describe('DynamoMeetings', () => {
    let dynamodb: TestDynamoDB;
    beforeAll(async () => {
      dynamodb = await startDynamoDB();
    }, 60_000);
    afterAll(() => dynamodb.stop());

    const connect = () => DynamoDBDocumentClient.from(dynamodb.connect());
    const create = async (documents: DynamoDBDocumentClient, options: Partial<typeof defaults> = {}) => {
      const tables = await createTables(dynamodb.connect());
      return { meetings: new DynamoMeetings({ ...defaults, ...options, documents, tables }), tables };
    };

    meetingsContract('DynamoDB', async () => (await create(connect())).meetings);

    const seed = seedOfRun();
    console.log(`faults: SEED=${seed}`);
    const random = seededRandom(seed);
    meetingsContract(`DynamoDB with conflicts, throttling and lost answers (SEED=${seed})`, async () => {
      return (await create(injectFaults(connect(), random))).meetings;
    });

    it('[MT7] follows the pages of a meeting that is larger than a megabyte', async () => {
      const documents = connect();
      const { meetings, tables } = await create(documents);
      const members = Array.from({ length: 1000 }, (_, n) =>
        aConnection({ connectionId: `c${n}`, userId: `u${n}`, userName: '😀'.repeat(128) }),
      );
      for (let start = 0; start < members.length; start += 25) {
        const chunk = members.slice(start, start + 25);
        await documents.send(
          new BatchWriteCommand({ RequestItems: { [tables.meetings]: chunk.map(putUser) } }),
        );
      }
      const { meetingId } = aConnection();
      expect(await meetings.recipients({ kind: 'meeting', meetingId })).toHaveLength(1000);
    });

    it('[MT8] looks no further for a target that is elsewhere than for one that is nowhere', async () => {
      const documents = connect();
      const calls: string[] = [];
      documents.middlewareStack.add(
        (next, { commandName }) =>
          (args) => {
            calls.push(String(commandName));
            return next(args);
          },
        { step: 'initialize', name: 'calls' },
      );
      const { meetings } = await create(documents);
      const elsewhere = aConnection({ connectionId: 'mallory-1', userId: 'mallory', meetingId: 'elsewhere' });
      await meetings.connect(elsewhere, limits);
      const nowhere = aConnection({ connectionId: 'nobody-1', userId: 'nobody' });
      const { meetingId } = nowhere;
      const callsFor = async ({ connectionId, userId }: Connection) => {
        calls.length = 0;
        expect(await meetings.recipients({ kind: 'connection', meetingId, connectionId })).toEqual([]);
        expect(await meetings.recipients({ kind: 'user', meetingId, userId })).toEqual([]);
        return [...calls];
      };
      expect(await callsFor(elsewhere)).toEqual(await callsFor(nowhere));
      expect(calls).toHaveLength(2);
    });

    it('[MT5] takes a row that has expired for one that is deleted', async () => {
      let nowMs = Date.now();
      const { meetings } = await create(connect(), { connectionTtlSeconds: 100, now: () => nowMs });
      const alice = aConnection({ connectedAtMs: nowMs });
      await meetings.connect(alice, limits);
      nowMs += 99_000;
      expect(await meetings.find(alice.connectionId)).toEqual(alice);
      nowMs += 2000;
      expect(await meetings.find(alice.connectionId)).toBeUndefined();
    });

    it('[MT1][MT6] loses no connection of a user whose connections come and go at the same time', async () => {
      const { meetings } = await create(connect());
      const devices = Array.from({ length: 5 }, (_, n) =>
        aConnection({ connectionId: `alice-${n}`, connectedAtMs: Date.now() + n }),
      );
      const [first, second, ...others] = devices as [Connection, Connection, ...Connection[]];
      for (const device of [first, second]) await meetings.connect(device, limits);
      await Promise.all([
        ...others.map((device) => meetings.connect(device, limits)),
        meetings.leave(first.connectionId),
        meetings.leave(second.connectionId),
      ]);
      const { meetingId, userId } = first;
      expect(await meetings.recipients({ kind: 'user', meetingId, userId })).toEqual(others);
    });
  });
}

const putUser = (member: Connection) => ({ PutRequest: { Item: userItem([member], 'v') } });
