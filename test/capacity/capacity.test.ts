import { randomUUID } from 'node:crypto';
import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { createSendMessage } from '../../lambda/sendMessage/sendMessage.ts';
import { putRow } from '../../src/aws/connectionRows.ts';
import { DynamoRateLimit } from '../../src/aws/DynamoRateLimit.ts';
import type { TableNames } from '../../src/aws/store.ts';
import { userItem, userItemKey } from '../../src/aws/userItems.ts';
import type { Connection } from '../../src/meeting/ports.ts';
import { awsMessageEvent } from '../harness/awsEvents.ts';
import { NOW_MS, testBackend } from '../harness/backend.ts';
import { aConnection } from '../harness/connections.ts';
import { describeOnDynamoDB } from '../harness/dynamoMeetings.ts';
import { recordCapacity, type Spent } from '../harness/recordCapacity.ts';

/** How many connections of other meetings the tables hold: few, and as many as a large deployment has. */
const FEW = 10;
const MANY = 100_000;
const MEETING_SIZE = 10;

const rateOfHundred = 'the rate of a hundred messages, ten a second';

const base = { action: 'sendMessage', data: 'hello' };
const messages = {
  'a logged chat': { ...base, meetingId: 'standup', messageType: 'chat', requestId: 'r' },
  'a broadcast that is not logged': { ...base, meetingId: 'standup', messageType: 'signal' },
  'a message to a user': { ...base, targetUserId: 'user-1' },
  'a message to a connection': { ...base, targetConnectionId: 'connection-1' },
  'a message to nobody': { ...base, targetUserId: 'nobody' },
};

describeOnDynamoDB('calls and capacity units of a message', ({ connect, start }) => {
  it(`are the same with ${FEW} and with ${MANY} connections in the tables`, async () => {
    const few = await measured(FEW);
    const many = await measured(MANY);
    console.info(table(many));
    expect(many).toEqual(few);
    // What the message costs, so that it can't grow unnoticed either.
    expect(many['a logged chat']?.calls).toEqual({ Get: 1, Update: 1, TransactWrite: 1, Query: 1 });
    expect(many['a broadcast that is not logged']?.calls).toEqual({ Get: 1, Query: 1 });
    expect(many['a message to a user']?.calls).toEqual({ Get: 2 });
    expect(many['a message to nobody']?.calls).toEqual({ Get: 2 });
    // Besides, whatever a message is.
    expect(many[rateOfHundred]?.calls).toEqual({ Update: 17 });
  }, 600_000);

  async function measured(others: number) {
    const documents = connect();
    const { meetings, tables } = await start(documents);
    await fill(connect(), tables, others);
    const { backend } = testBackend({ meetings });
    for (let n = 0; n < MEETING_SIZE; n++) await meetings.connect(member(n), backend.membershipLimits);
    const sendMessage = createSendMessage(backend);
    const spent = recordCapacity(documents);
    const costs: Record<string, Spent> = {};
    for (const [name, message] of Object.entries(messages)) {
      const { connectionId } = member(0);
      const { body } = await sendMessage(awsMessageEvent(JSON.stringify(message), { connectionId }));
      expect(body).toContain(name === 'a message to nobody' ? 'target_not_found' : '"type":"ack"');
      costs[name] = spent();
    }
    await takeHundred(documents, tables);
    costs[rateOfHundred] = spent();
    return costs;
  }
});

/** Counts a hundred messages, ten a second, against one connection's rate. */
async function takeHundred(documents: DynamoDBDocumentClient, tables: TableNames): Promise<void> {
  let nowMs = NOW_MS;
  const rateLimit = new DynamoRateLimit(
    { ...{ documents, tables }, now: () => nowMs, newId: randomUUID, sleep: async () => {}, random: () => 0 },
    { messagesPerSecond: 50, burst: 100 },
  );
  for (let n = 0; n < 100; n++) {
    expect((await rateLimit.take(member(0).connectionId)).outcome).toBe('granted');
    nowMs += 100;
  }
}

const member = (n: number): Connection =>
  aConnection({ connectionId: `connection-${n}`, userId: `user-${n}`, userName: 'Somebody' });

/** Puts connections of other meetings, ten in each, into both tables. */
async function fill(documents: DynamoDBDocumentClient, tables: TableNames, count: number): Promise<void> {
  const store = { tables, connectionTtlSeconds: 10 ** 9 } as never;
  const requests = Array.from({ length: count }, (_, n) => {
    const other = aConnection({
      connectionId: `other-${n}`,
      userId: `user-${n % 10}`,
      meetingId: `meeting-${Math.floor(n / 10)}`,
    });
    const user = { rev: 1, joinedAtMs: undefined, held: [{ connection: other, attributes: {} }] };
    return [
      [tables.connections, putRow(store, other, 'new').Put?.Item],
      [tables.meetings, userItem(userItemKey(other), user, 'v')],
    ] as const;
  }).flat();
  const batches = Array.from({ length: Math.ceil(requests.length / 24) }, (_, n) =>
    requests.slice(n * 24, n * 24 + 24),
  );
  const work = batches.values();
  const write = async () => {
    for (const batch of work) {
      const items = (name: string) =>
        batch.flatMap(([tableName, Item]) => (tableName === name ? [{ PutRequest: { Item } }] : []));
      const RequestItems = Object.fromEntries(Object.values(tables).map((name) => [name, items(name)]));
      await documents.send(new BatchWriteCommand({ RequestItems }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, write));
}

const table = (costs: Readonly<Record<string, Spent>>): string =>
  Object.entries(costs)
    .map(([name, { calls, units }]) => `${name}: ${JSON.stringify(calls)}, ${units} capacity units`)
    .join('\n');
