import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import type { Counts, Operation, OperationCounts } from '../../bench/cost/counts.ts';
import { createJoin } from '../../lambda/join/join.ts';
import { createLeave } from '../../lambda/leave/leave.ts';
import { createOnConnect } from '../../lambda/onConnect/onConnect.ts';
import { createOnDisconnect } from '../../lambda/onDisconnect/onDisconnect.ts';
import { createSendMessage } from '../../lambda/sendMessage/sendMessage.ts';
import { createUpdate } from '../../lambda/update/update.ts';
import { DynamoRateLimit } from '../../src/aws/DynamoRateLimit.ts';
import type { TableNames } from '../../src/aws/store.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';
import { V1 } from '../../src/protocol/subprotocols.ts';
import { awsConnectEvent, awsDisconnectEvent, awsMessageEvent } from '../harness/awsEvents.ts';
import { NOW_MS, testBackend } from '../harness/backend.ts';
import { describeOnDynamoDB } from '../harness/dynamoMeetings.ts';
import { recordCapacity, type Spent } from '../harness/recordCapacity.ts';

/** What `npm run cost` reckons with; `npm run cost -- --count` writes it anew. */
const FILE = 'bench/cost/counts.json';
/** People in the meeting, whoever does something included. */
const SIZES = [2, 8, 25, 100];

describeOnDynamoDB('what an operation takes', ({ connect, start }) => {
  it('is what npm run cost reckons with', async () => {
    const bySize: Record<string, Readonly<Record<Operation, OperationCounts>>> = {};
    for (const size of SIZES) bySize[size] = await inMeetingOf(size);
    const counted = { bySize, rate: await rates() };
    if (process.env.WRITE_COUNTS === '1') {
      const countedOn = new Date().toISOString().slice(0, 10);
      writeFileSync(FILE, `${JSON.stringify({ countedOn, ...counted }, undefined, 2)}\n`);
    }
    const { countedOn, ...written } = JSON.parse(readFileSync(FILE, 'utf8')) as Counts;
    expect(countedOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(written, `the code takes other calls than ${FILE} says: npm run cost -- --count`).toEqual(counted);
  }, 600_000);

  async function inMeetingOf(size: number): Promise<Record<Operation, OperationCounts>> {
    const documents = connect();
    const { meetings } = await start(documents);
    const { backend, connections } = testBackend({ meetings });
    const spent = recordCapacity(documents);
    const counted = async (invoke: () => Promise<{ readonly statusCode: number }>) => {
      spent();
      connections.calls.length = 0;
      expect((await invoke()).statusCode).toBe(200);
      return { ...countsOf(spent()), posts: connections.calls.length };
    };
    const come = (n: number) => createOnConnect(backend)(connectEvent(n));
    const join = (n: number) => createJoin(backend)(message(n, { action: 'join', session: `session-${n}` }));
    const send = (body: object) => () =>
      createSendMessage(backend)(message(0, { action: 'sendMessage', requestId: randomUUID(), ...body }));
    const last = size - 1;
    for (let n = 0; n < last; n++) {
      await come(n);
      await join(n);
    }
    const data = 'x'.repeat(200);
    return {
      connect: await counted(() => come(last)),
      join: await counted(() => join(last)),
      chat: await counted(send({ meetingId: 'standup', messageType: 'chat', data })),
      signal: await counted(send({ targetUserId: 'user-001', messageType: 'candidate', data })),
      update: await counted(() =>
        createUpdate(backend)(message(0, { action: 'update', attributes: { microphone: 'off' } })),
      ),
      leave: await counted(() => createLeave(backend)(message(last, { action: 'leave' }))),
      disconnect: await counted(() =>
        createOnDisconnect(backend)({
          ...awsDisconnectEvent(1000),
          requestContext: { ...awsDisconnectEvent(1000).requestContext, connectionId: idOf(last) },
        }),
      ),
    };
  }

  async function rates(): Promise<Counts['rate']> {
    const documents = connect();
    const { tables } = await start(documents);
    return {
      nowAndThen: await rate(documents, tables, 10_000),
      tenASecond: await rate(documents, tables, 100),
    };
  }
});

/** Of a hundred requests of one connection, so far apart. */
async function rate(documents: DynamoDBDocumentClient, tables: TableNames, everyMs: number) {
  let nowMs = NOW_MS;
  const rateLimit = new DynamoRateLimit(
    { ...{ documents, tables }, now: () => nowMs, newId: randomUUID, sleep: async () => {}, random: () => 0 },
    { messagesPerSecond: 50, burst: 100 },
  );
  const spent = recordCapacity(documents);
  for (let n = 0; n < 100; n++) {
    expect((await rateLimit.take(idOf(everyMs) as ConnectionId)).outcome).toBe('granted');
    nowMs += everyMs;
  }
  documents.middlewareStack.remove('capacity');
  const { calls, readUnits, writeUnits } = countsOf(spent());
  return { calls: calls / 100, readUnits: readUnits / 100, writeUnits: writeUnits / 100 };
}

function countsOf({ calls, units, readUnits }: Spent): Omit<OperationCounts, 'posts'> {
  const all = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return { calls: all, readUnits, writeUnits: units - readUnits };
}

/** As long as API Gateway's, whatever the number. */
const idOf = (n: number): string => `Connection${String(n).padStart(5, '0')}=`;

const connectEvent = (n: number) =>
  awsConnectEvent({
    connectionId: idOf(n),
    query: { meetingId: 'standup', userId: `user-${String(n).padStart(3, '0')}`, userName: 'Somebody' },
    headers: { 'Sec-WebSocket-Protocol': V1 },
  });

const message = (n: number, body: object) => awsMessageEvent(JSON.stringify(body), { connectionId: idOf(n) });
