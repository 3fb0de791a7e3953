import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lambda/shared/backend.ts';
import { NOW_MS, testBackend } from '../../test/harness/backend.ts';
import { aConnection } from '../../test/harness/connections.ts';
import { faultyMeetings } from '../../test/harness/faultyMeetings.ts';
import { sweep } from './sweep.ts';

const MINUTE_MS = 60_000;
const joining = { session: undefined, attributes: undefined, replaces: undefined };

/** Connects and joins one user, so many minutes ago. */
async function joinedAgo(backend: Backend, userId: string, minutes: number) {
  const connectedAtMs = NOW_MS - minutes * MINUTE_MS;
  const connection = aConnection({ connectionId: `${userId}-1`, userId, userName: userId, connectedAtMs });
  await backend.meetings.connect(connection, backend.membershipLimits);
  await backend.meetings.join(connection, { ...joining, limits: backend.membershipLimits });
}

const leaves = (calls: readonly string[]) =>
  calls.filter((call) => call.startsWith('send watcher')).map((call) => /"reason":"([^"]+)"/.exec(call)?.[1]);

describe('sweep', () => {
  it('[EV5] removes who is gone and old enough to be asked after, and tells the others', async () => {
    const { backend, connections } = testBackend();
    await joinedAgo(backend, 'watcher', 1);
    await joinedAgo(backend, 'gone', 11);
    await joinedAgo(backend, 'open', 11);
    await joinedAgo(backend, 'young', 9);
    for (const userId of ['gone', 'young']) connections.outcomes.set(`${userId}-1`, 'gone');
    const { checked, removed, errors } = await sweep(backend);
    expect(connections.calls.filter((call) => call.startsWith('check'))).toEqual([
      'check gone-1',
      'check open-1',
    ]);
    expect(checked).toBe(2);
    expect(removed.map(({ userId }) => userId)).toContain('gone');
    expect(errors).toEqual([]);
    expect(leaves(connections.calls)).toContain('connection-lost');
    const { participants } = await backend.meetings.roster(aConnection().meetingId);
    expect(participants.map(({ userId }) => userId)).toEqual(['open', 'watcher']);
  });

  it('[EV5] ends without asking what API Gateway has ended in any case', async () => {
    const { backend, connections } = testBackend();
    await joinedAgo(backend, 'watcher', 1);
    await joinedAgo(backend, 'old', 126);
    await joinedAgo(backend, 'nearly', 124);
    await sweep(backend);
    expect(leaves(connections.calls)).toEqual(['expired']);
    expect(connections.calls).toContain('check nearly-1');
    expect(connections.calls).not.toContain('check old-1');
  });

  it('[EV5] leaves whom it can tell nothing of', async () => {
    const { backend, connections } = testBackend();
    await joinedAgo(backend, 'unknown', 30);
    connections.outcomes.set('unknown-1', 'failed');
    expect(await sweep(backend)).toMatchObject({ checked: 1, removed: [], errors: [] });
  });

  it('[EV5] goes on to the others when one cannot be removed', async () => {
    const { backend, connections } = testBackend();
    await joinedAgo(backend, 'first', 126);
    await joinedAgo(backend, 'second', 126);
    let calls = 0;
    const meetings = faultyMeetings(backend.meetings, async (method) => {
      if (method === 'leave' && ++calls === 1) throw new Error('the store is away');
    });
    const { removed, errors } = await sweep({ ...backend, meetings });
    expect(removed.map(({ userId }) => userId)).toEqual(['second']);
    expect(errors).toEqual([new Error('the store is away')]);
    expect((await sweep(backend)).removed.map(({ userId }) => userId)).toEqual(['first']);
    expect(connections.calls.filter((call) => call.startsWith('check'))).toEqual([]);
  });
});
