import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  alice2,
  bob,
  chat,
  comings,
  enter,
  joining,
  meetingId,
  presentAfter,
  roomy,
  wholeLog,
} from '../../test/contracts/meetings/start.ts';
import { aConnection } from '../../test/harness/connections.ts';
import { describeOnDynamoDB } from '../../test/harness/dynamoMeetings.ts';
import type { Meetings } from '../meeting/ports.ts';
import type { DynamoMeetings } from './DynamoMeetings.ts';

const tab = aConnection({ connectionId: 'tab-1', client: 'v1' });

/** Nobody is writing while it is read, so nobody needs time. */
const sleep = async () => {};

/** Changes, each with what has to be there before. */
const changes: Readonly<
  Record<
    string,
    { prepare?: (meetings: Meetings) => Promise<unknown>; change: (meetings: Meetings) => Promise<unknown> }
  >
> = {
  'connecting a plain client': { change: (meetings) => meetings.connect(bob, roomy) },
  'connecting a v1 client': { change: (meetings) => meetings.connect(tab, roomy) },
  'a connect that evicts the last': {
    prepare: (meetings) => enter(meetings, tab),
    change: (meetings) => meetings.connect(alice2, { ...roomy, connectionsPerUser: 1 }),
  },
  'a first join': {
    prepare: (meetings) => meetings.connect(tab, roomy),
    change: (meetings) => meetings.join(tab, joining()),
  },
  'a leave of the last': {
    prepare: (meetings) => enter(meetings, tab),
    change: (meetings) => meetings.leave(tab, 'left'),
  },
  'a chat': { change: (meetings) => meetings.appendChat(tab, chat(tab, 'said'), 'r-1') },
};

describeOnDynamoDB('crashes between store calls', ({ connect, start }) => {
  describe.each(Object.entries(changes))('%s', (_, { prepare, change }) => {
    /** Makes the change with a client that dies at its nth call; tells whether it came to that. */
    const crash = async (at: number, when: 'before' | 'after') => {
      const documents = connect();
      const { meetings, tables } = await start(connect(), { sleep });
      const { meetings: dying } = await start(documents, { sleep }, tables);
      await prepare?.(meetings);
      const crashed = dieAt(documents, at, when);
      const result = await change(dying).catch((error: Error) => error.message);
      if (!crashed()) expect(result).not.toBe('crashed');
      return { meetings, crashed: crashed() };
    };

    it.each(['before', 'after'] as const)(
      '[MT6][MJ6][ML4][ML6] leaves nothing half done by a crash %s any of its calls',
      async (when) => {
        let calls = 0;
        for (let crashed = true; crashed; calls++) {
          const run = await crash(calls, when);
          crashed = run.crashed;
          await expectWhole(run.meetings);
        }
        expect(calls).toBeGreaterThan(2);
      },
    );
  });
});

/** Whatever happened, log and roster agree; and when everybody was swept, the log says so. */
async function expectWhole(meetings: DynamoMeetings): Promise<void> {
  const { participants } = await meetings.roster(meetingId);
  const present = participants.map(({ userId }) => userId);
  expect(presentAfter(comings(await wholeLog(meetings)))).toEqual(present);
  for await (const batch of meetings.connectedBefore(Date.UTC(2100, 0))) {
    for (const connection of batch) {
      expect((await meetings.find(connection.connectionId))?.joinedAtMs).toBe(connection.joinedAtMs);
      await meetings.leave(connection, 'connection-lost');
    }
  }
  expect((await meetings.roster(meetingId)).participants).toEqual([]);
  expect(presentAfter(comings(await wholeLog(meetings)))).toEqual([]);
  expect(await meetings.recipients({ kind: 'meeting', meetingId })).toEqual([]);
}

/** Lets a client make so many calls, and no more. The next one isn't made, or its answer not heard. */
function dieAt(documents: DynamoDBDocumentClient, at: number, when: 'before' | 'after'): () => boolean {
  let calls = 0;
  documents.middlewareStack.add(
    (next) => async (args) => {
      const call = calls++;
      if (call === at && when === 'after') await next(args);
      // A status that nobody tries again after.
      if (call >= at) throw Object.assign(new Error('crashed'), { $metadata: { httpStatusCode: 400 } });
      return next(args);
    },
    { step: 'initialize', name: 'crash' },
  );
  return () => calls > at;
}
