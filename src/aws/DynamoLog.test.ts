import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import {
  alice,
  chat,
  comings,
  HISTORY_TTL_SECONDS,
  joining,
  meetingId,
  parsed,
  roomy,
  wholeLog,
} from '../../test/contracts/meetings/start.ts';
import { describeOnDynamoDB } from '../../test/harness/dynamoMeetings.ts';
import { recordCalls } from '../../test/harness/recordCalls.ts';
import { entryKey, headKey } from './logItems.ts';
import type { TableNames } from './store.ts';

describeOnDynamoDB('the log on DynamoDB', ({ connect, start }) => {
  it('[ML1] leaves no seq unused when nothing goes wrong, however many write at once', async () => {
    const { meetings } = await start(connect());
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => meetings.appendChat(alice, chat(alice, n), `r-${n}`)),
    );
    expect(await wholeLog(meetings)).toHaveLength(40);
    expect((await meetings.head(meetingId)).seq).toBe(40);
  });

  it('[ML1] rejects, and writes nothing twice, when it cannot learn whether it has written', async () => {
    const documents = connect();
    const { meetings: deaf, tables } = await start(documents, { sleep: async () => {} });
    const { meetings } = await start(connect(), {}, tables);
    loseAnswers(documents);
    await expect(deaf.appendChat(alice, chat(alice, 'once'), undefined)).rejects.toThrow('socket hang up');
    expect(await wholeLog(meetings)).toMatchObject([{ data: 'once', seq: 1 }]);
    expect((await meetings.head(meetingId)).seq).toBe(1);
  });

  it('[ML4][LG7] fills a hole that a reader has waited for, and its writer starts over', async () => {
    const documents = connect();
    const { meetings } = await start(documents);
    const { held, release } = hold(documents, 'TransactWrite');
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
    const line = hold(documents, 'TransactWrite');
    release = line.release;
    const writing = meetings.appendChat(alice, chat(alice, 'slow'), undefined);
    await line.held;
    const { entries } = await meetings.entries({ meetingId, after: 0, limit: 10 });
    expect(entries.map(parsed)).toMatchObject([{ data: 'slow', seq: 1 }]);
    expect((await writing).outcome).toBe('appended');
  });

  it('[ML4] takes the line of a writer who was quicker than the void', async () => {
    const [writing, reading] = [connect(), connect()];
    const { meetings: writer, tables } = await start(writing);
    const { meetings: reader } = await start(reading, {}, tables);
    const line = hold(writing, 'TransactWrite');
    const voiding = hold(reading, 'Put');
    const written = writer.appendChat(alice, chat(alice, 'just in time'), undefined);
    await line.held;
    const read = reader.entries({ meetingId, after: 0, limit: 10 });
    await voiding.held;
    line.release();
    expect(await written).toMatchObject({ outcome: 'appended', entry: { seq: 1 } });
    voiding.release();
    expect((await read).entries.map(parsed)).toMatchObject([{ data: 'just in time', seq: 1 }]);
  });

  it('[ML6] tells of a join whose line was voided by a line that came later', async () => {
    const documents = connect();
    const { meetings } = await start(documents);
    await meetings.connect(alice, roomy);
    const { held, release } = hold(documents, 'TransactWrite');
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

/** Holds a client's commands of a kind back, until they are released. */
function hold(documents: DynamoDBDocumentClient, kind: 'TransactWrite' | 'Put') {
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
        if (commandName?.startsWith(kind)) {
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

/** Makes a client's transactions, and never lets it hear of it. */
function loseAnswers(documents: DynamoDBDocumentClient): void {
  documents.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        if (commandName?.startsWith('TransactWrite')) throw new Error('socket hang up');
        return result;
      },
    { step: 'initialize', name: 'deaf' },
  );
}
