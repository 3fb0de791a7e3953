import { expect, it } from 'vitest';
import { meetingId, roomy } from '../../test/contracts/meetings/start.ts';
import { meetingsContract } from '../../test/contracts/meetings.ts';
import { aConnection } from '../../test/harness/connections.ts';
import { describeOnDynamoDB } from '../../test/harness/dynamoMeetings.ts';
import { injectFaults } from '../../test/harness/faults.ts';
import { seededRandom, seedOfRun } from '../../test/harness/random.ts';
import { recordCalls } from '../../test/harness/recordCalls.ts';
import type { Connection } from '../meeting/ports.ts';

describeOnDynamoDB('DynamoMeetings', ({ connect, create, start }) => {
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
});
