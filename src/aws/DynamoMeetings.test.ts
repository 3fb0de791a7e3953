import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  chat,
  comings,
  HISTORY_TTL_SECONDS,
  joining,
  meetingId,
  parsed,
  roomy,
  wholeLog,
} from '../../test/contracts/meetings/start.ts';
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
import { entryKey, headKey } from './logItems.ts';
import type { Store, TableNames } from './store.ts';
import { userItem, userItemKey } from './userItems.ts';

const defaults = {
  connectionTtlSeconds: 10 ** 9,
  historyTtlSeconds: HISTORY_TTL_SECONDS,
  now: Date.now,
  newId: () => crypto.randomUUID(),
  // A reader has to leave writers the time it takes them to write.
  sleep: (delayMs: number) => sleep(delayMs),
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
    const create = async (documents: DynamoDBDocumentClient, options: Partial<Store> = {}) => {
      const client = dynamodb.connect();
      const tables = await createTables(client);
      const meetings = new DynamoMeetings({ ...defaults, ...options, documents, tables });
      const close = async () => {
        for (const TableName of Object.values(tables))
          await client.send(new DeleteTableCommand({ TableName }));
        client.destroy();
        documents.destroy();
      };
      const populate = (members: readonly Connection[]) => putUsers(documents, tables.meetings, members);
      return { meetings, tables, populate, close };
    };

    const start = async (...given: Parameters<typeof create>) => {
      const { close, ...created } = await create(...given);
      onTestFinished(close);
      return created;
    };

    meetingsContract('DynamoDB', (options) => create(connect(), options));

    const seed = seedOfRun();
    console.log(`faults: SEED=${seed}`);
    const random = seededRandom(seed);
    meetingsContract(`DynamoDB with conflicts, throttling and lost answers (SEED=${seed})`, (options) =>
      create(injectFaults(connect(), random), options),
    );

    it('[MT7] follows the pages of a meeting that is larger than a megabyte', async () => {
      const { meetings, populate } = await start(connect());
      await populate(
        Array.from({ length: 1000 }, (_, n) =>
          aConnection({ connectionId: `c${n}`, userId: `u${n}`, userName: '😀'.repeat(128) }),
        ),
      );
      expect(await meetings.recipients({ kind: 'meeting', meetingId })).toHaveLength(1000);
    });

    it('[MT8] looks no further for a target that is elsewhere than for one that is nowhere', async () => {
      const documents = connect();
      const calls = recordCalls(documents);
      const { meetings } = await start(documents);
      const elsewhere = aConnection({ connectionId: 'mallory-1', userId: 'mallory', meetingId: 'elsewhere' });
      await meetings.connect(elsewhere, roomy);
      const nowhere = aConnection({ connectionId: 'nobody-1', userId: 'nobody' });
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
      const { meetings } = await start(connect(), { connectionTtlSeconds: 100, now: () => nowMs });
      const alice = aConnection({ connectedAtMs: nowMs });
      await meetings.connect(alice, roomy);
      nowMs += 99_000;
      expect(await meetings.find(alice.connectionId)).toEqual(alice);
      nowMs += 2000;
      expect(await meetings.find(alice.connectionId)).toBeUndefined();
    });

    it('[MT1][MT6] loses no connection of a user whose connections come and go at the same time', async () => {
      const { meetings } = await start(connect());
      const devices = Array.from({ length: 5 }, (_, n) =>
        aConnection({ connectionId: `alice-${n}`, connectedAtMs: Date.now() + n }),
      );
      const [first, second, ...others] = devices as [Connection, Connection, ...Connection[]];
      for (const device of [first, second]) await meetings.connect(device, roomy);
      await Promise.all([
        ...others.map((device) => meetings.connect(device, roomy)),
        meetings.leave(first, 'left'),
        meetings.leave(second, 'left'),
      ]);
      const { userId } = first;
      expect(await meetings.recipients({ kind: 'user', meetingId, userId })).toEqual(others);
    });

    it('[ML1] leaves no seq unused when nothing goes wrong, however many write at once', async () => {
      const { meetings } = await start(connect());
      await Promise.all(
        Array.from({ length: 40 }, (_, n) => meetings.appendChat(alice, chat(alice, n), `r-${n}`)),
      );
      expect(await wholeLog(meetings)).toHaveLength(40);
      expect((await meetings.head(meetingId)).seq).toBe(40);
    });

    it('[ML4] fills a hole that a reader has waited for, and its writer starts over', async () => {
      const documents = connect();
      const { meetings } = await start(documents);
      const { held, release } = holdTransaction(documents);
      const writing = meetings.appendChat(alice, chat(alice, 'late'), 'r-1');
      await held;
      const sealed = await meetings.entries({ meetingId, after: 0, limit: 10 });
      expect(sealed.entries.map(parsed)).toEqual([{ type: 'void', seq: 1 }]);
      release();
      expect(await writing).toMatchObject({ outcome: 'appended', entry: { seq: 2 } });
      const { entries } = await meetings.entries({ meetingId, after: 0, limit: 10 });
      expect(entries.map(parsed)).toMatchObject([
        { type: 'void', seq: 1 },
        { data: 'late', seq: 2 },
      ]);
    });

    it('[ML4] waits for a writer that is only slow', async () => {
      const documents = connect();
      let release = () => {};
      // The first time a reader waits, the writer goes on.
      const sleepAndRelease = async (delayMs: number) => {
        release();
        await sleep(delayMs);
      };
      const { meetings } = await start(documents, { sleep: sleepAndRelease });
      const hold = holdTransaction(documents);
      release = hold.release;
      const writing = meetings.appendChat(alice, chat(alice, 'slow'), undefined);
      await hold.held;
      const { entries } = await meetings.entries({ meetingId, after: 0, limit: 10 });
      expect(entries.map(parsed)).toMatchObject([{ data: 'slow', seq: 1 }]);
      expect((await writing).outcome).toBe('appended');
    });

    it('[ML6] tells of a join whose line was voided by a line that came later', async () => {
      const documents = connect();
      const { meetings } = await start(documents);
      await meetings.connect(alice, roomy);
      const { held, release } = holdTransaction(documents);
      const joins = meetings.join(alice, joining());
      await held;
      expect(await meetings.roster(meetingId)).toMatchObject({ seq: 1, participants: [] });
      release();
      expect(await joins).toMatchObject({ outcome: 'first', announcement: { seq: 2 } });
      expect(await meetings.roster(meetingId)).toMatchObject({ seq: 2, participants: [{ userId: 'alice' }] });
      expect(comings(await wholeLog(meetings))).toEqual(['alice+']);
    });

    it('[ML4] takes what is missing for expired where readers have been before', async () => {
      const documents = connect();
      const { meetings, tables } = await start(documents);
      for (let n = 0; n < 30; n++) await meetings.appendChat(alice, chat(alice, n), undefined);
      await meetings.roster(meetingId);
      for (const seq of [1, 2, 3, 10]) await deleteEntry(documents, tables, seq);
      const calls = recordCalls(documents);
      const up = await meetings.entries({ meetingId, after: 0, limit: 8 });
      expect(up.entries.map(({ seq }) => seq)).toEqual([4, 5, 6, 7, 8, 9, 11, 12]);
      const down = await meetings.entries({ meetingId, before: 14, limit: 20 });
      expect(down.entries.map(({ seq }) => seq)).toEqual([4, 5, 6, 7, 8, 9, 11, 12, 13]);
      expect(calls.filter((call) => call.startsWith('Put'))).toEqual([]);
    });

    it('[ML5] is not deceived by a void that was put long after the lines around it', async () => {
      let nowMs = Date.UTC(2026, 10, 22);
      const documents = connect();
      const { meetings, tables } = await start(documents, { now: () => nowMs });
      await meetings.appendChat(alice, chat(alice, 'one'), undefined);
      await takeSeq(documents, tables);
      await meetings.appendChat(alice, chat(alice, 'three'), undefined);
      nowMs += (HISTORY_TTL_SECONDS - 7200) * 1000;
      const before = await meetings.entries({ meetingId, after: 0, limit: 10 });
      expect(before.unbroken).toBe(true);
      expect(before.entries).toHaveLength(3);
      nowMs += 8_000_000;
      await meetings.appendChat(alice, chat(alice, 'four'), undefined);
      for (const seq of [1, 3]) await deleteEntry(documents, tables, seq);
      expect((await meetings.entries({ meetingId, after: 2, limit: 10 })).unbroken).toBe(false);
      expect((await meetings.entries({ meetingId, after: 3, limit: 10 })).unbroken).toBe(true);
    });
  });
}

const alice = aConnection({ connectionId: 'alice-1' });

/** Records the names of the commands that a client sends. */
function recordCalls(documents: DynamoDBDocumentClient): string[] {
  const calls: string[] = [];
  documents.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        calls.push(String(commandName));
        return next(args);
      },
    { step: 'initialize', name: 'calls' },
  );
  return calls;
}

/** Holds a client's next transaction back, until it is released. */
function holdTransaction(documents: DynamoDBDocumentClient) {
  let reached = () => {};
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  documents.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName?.startsWith('TransactWrite')) {
          reached();
          await released;
        }
        return next(args);
      },
    { step: 'initialize', name: 'hold' },
  );
  return { held, release };
}

/** What a writer leaves that dies at once. */
async function takeSeq(documents: DynamoDBDocumentClient, { meetings }: TableNames): Promise<void> {
  await documents.send(
    new UpdateCommand({
      TableName: meetings,
      Key: headKey(meetingId),
      UpdateExpression: 'ADD seq :one',
      ExpressionAttributeValues: { ':one': 1 },
    }),
  );
}

/** What DynamoDB does once a line has expired. */
async function deleteEntry(documents: DynamoDBDocumentClient, { meetings }: TableNames, seq: number) {
  await documents.send(new DeleteCommand({ TableName: meetings, Key: entryKey(meetingId, seq) }));
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
