import { describe, expect, it } from 'vitest';
import { NOW_MS, testBackend } from '../../test/harness/backend.ts';
import { aConnection } from '../../test/harness/connections.ts';
import { deliver } from './deliver.ts';
import { deliverQueued } from './deliverQueued.ts';
import type { Connection, Delivery } from './ports.ts';

const longAgoMs = NOW_MS - 3_600_000;
const member = (userId: string): Connection =>
  aConnection({ connectionId: `${userId}-1`, userId, userName: userId, connectedAtMs: longAgoMs });
const logged = { seq: 7, text: '{"seq":7}' };
const unlogged = { seq: undefined, text: '{}' };
const limits = { connectionsPerMeeting: 1000, connectionsPerUser: 5 };

/** A meeting of members, what was handed to the queue and for how long, and a clock to move. */
async function meetingOf(
  members: readonly Connection[],
  given: { queueAbove?: number; broken?: boolean } = {},
) {
  const handedOver: { readonly delayMs: number; readonly delivery: Delivery }[] = [];
  let nowMs = NOW_MS;
  const { backend, connections } = testBackend({
    now: () => nowMs,
    queueAbove: given.queueAbove ?? Number.POSITIVE_INFINITY,
    deliveryQueue: {
      async enqueue(deliveries, delayMs) {
        if (given.broken) throw new Error('no queue');
        handedOver.push(...deliveries.map((delivery) => ({ delayMs, delivery })));
      },
    },
  });
  for (const connection of members) await backend.meetings.connect(connection, limits);
  /** Lets a worker do what is in the queue, again and again, and returns when each was tried. */
  const work = async () => {
    const triedAtMs: number[] = [];
    const reports = [];
    for (let next = handedOver.shift(); next; next = handedOver.shift()) {
      nowMs += next.delayMs;
      triedAtMs.push(nowMs - NOW_MS);
      reports.push(await deliverQueued(next.delivery, backend));
    }
    return { triedAtMs, last: reports.at(-1) };
  };
  return { backend, connections, handedOver, work, setNow: (ms: number) => (nowMs = ms) };
}

const crowd = (count: number) => Array.from({ length: count }, (_, n) => member(`u${n}`));

describe('a large fan-out', () => {
  it('[AK5] is left to the queue in chunks, each recipient once', async () => {
    const everyone = crowd(250);
    const { backend, connections, handedOver, work } = await meetingOf(everyone, { queueAbove: 249 });
    expect(await deliver(everyone, logged, backend)).toEqual({ outcome: 'queued', queued: 250, errors: [] });
    expect(connections.calls).toEqual([]);
    expect(handedOver.map(({ delivery }) => delivery.recipients.length)).toEqual([100, 100, 50]);
    await work();
    expect(connections.calls.toSorted()).toEqual(
      everyone.map(({ connectionId }) => `send ${connectionId} ${logged.text}`).toSorted(),
    );
  });

  it('[AK5] is sent at once where it has no more recipients than that', async () => {
    const everyone = crowd(249);
    const { backend, handedOver } = await meetingOf(everyone, { queueAbove: 249 });
    expect(await deliver(everyone, logged, backend)).toMatchObject({ outcome: 'sent', sent: 249 });
    expect(handedOver).toEqual([]);
  });

  it('[AK5] is sent at once when the queue takes nothing', async () => {
    const everyone = crowd(3);
    const { backend } = await meetingOf(everyone, { queueAbove: 2, broken: true });
    const report = await deliver(everyone, logged, backend);
    expect(report).toMatchObject({ outcome: 'sent', sent: 3, errors: [new Error('no queue')] });
  });

  it('[TG8] ends the membership of whoever a worker finds gone, and tells the others', async () => {
    const [gone, other] = [member('bob'), member('carol')];
    const { backend, connections, handedOver } = await meetingOf([]);
    const joining = { session: 's', attributes: {}, replaces: undefined, limits };
    for (const connection of [gone, other]) {
      await backend.meetings.connect(connection, limits);
      await backend.meetings.join(connection, joining);
    }
    connections.outcomes.set('bob-1', 'gone');
    const delivery = { recipients: [gone], payload: logged, sinceMs: NOW_MS, delays: 0 };
    const { stale, errors, next } = await deliverQueued(delivery, backend);
    expect({ stale, errors, next }).toEqual({ stale: [gone], errors: [], next: 'nothing' });
    expect(await backend.meetings.find(gone.connectionId)).toBeUndefined();
    expect(connections.calls.at(-1)).toMatch(/^send carol-1 .*user-left/);
    expect(handedOver).toEqual([]);
  });
});

describe('what could not be sent', () => {
  it('[LG9] is sent again at growing intervals until it is sent, to whom it failed for', async () => {
    const [bob, carol] = [member('bob'), member('carol')];
    const { backend, connections, handedOver, work } = await meetingOf([bob, carol]);
    connections.outcomes.set('bob-1', 'failed');
    expect(await deliver([bob, carol], logged, backend)).toMatchObject({ sent: 1, failed: [bob] });
    expect(handedOver).toMatchObject([{ delayMs: 1000, delivery: { recipients: [bob] } }]);
    connections.calls.length = 0;
    let tries = 0;
    const send = connections.send.bind(connections);
    connections.send = async (ids, payload) => {
      if (++tries === 4) connections.outcomes.delete('bob-1');
      return send(ids, payload);
    };
    const { triedAtMs, last } = await work();
    expect(triedAtMs).toEqual([1000, 3000, 7000, 15_000]);
    expect(last).toMatchObject({ sent: 1, next: 'nothing' });
    expect(new Set(connections.calls)).toEqual(new Set([`send bob-1 ${logged.text}`]));
  });

  it('[LG9] closes the connection after two minutes, so that its client comes back', async () => {
    const bob = member('bob');
    const { backend, connections, work } = await meetingOf([bob]);
    connections.outcomes.set('bob-1', 'failed');
    await deliver([bob], logged, backend);
    const { triedAtMs, last } = await work();
    expect(triedAtMs).toEqual([1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000, 120_000]);
    expect(last).toMatchObject({ failed: [bob], next: 'closed' });
    expect(connections.calls.slice(-2)).toEqual([`send bob-1 ${logged.text}`, 'disconnect bob-1']);
  });

  it('[AK5] of a message that is in no log is given up after two minutes, and nobody is closed', async () => {
    const bob = member('bob');
    const { backend, connections, work } = await meetingOf([bob], { queueAbove: 0 });
    connections.outcomes.set('bob-1', 'failed');
    await deliver([bob], unlogged, backend);
    const { last } = await work();
    expect(last).toMatchObject({ failed: [bob], next: 'dropped' });
    expect(connections.calls).not.toContain('disconnect bob-1');
  });

  it('[AK2] is only counted where its sender is told, and it is in no log', async () => {
    const bob = member('bob');
    const { backend, connections, handedOver } = await meetingOf([bob]);
    connections.outcomes.set('bob-1', 'failed');
    expect(await deliver([bob], unlogged, backend)).toMatchObject({ sent: 0, failed: [bob] });
    expect(handedOver).toEqual([]);
  });

  it('[LG9] waits for a connection that may still be opening, and then takes it for gone', async () => {
    const opening = aConnection({ connectionId: 'bob-1', userId: 'bob', connectedAtMs: NOW_MS });
    const { backend, connections, work } = await meetingOf([opening]);
    connections.outcomes.set('bob-1', 'gone');
    expect(await deliver([opening], logged, backend)).toMatchObject({ failed: [opening], stale: [] });
    const { triedAtMs, last } = await work();
    expect(triedAtMs.at(-1)).toBe(31_000);
    expect(last).toMatchObject({ stale: [opening], next: 'nothing' });
  });

  it('comes again as it was when the queue takes nothing', async () => {
    const bob = member('bob');
    const { backend, connections } = await meetingOf([bob], { broken: true });
    connections.outcomes.set('bob-1', 'failed');
    const report = await deliver([bob], logged, backend);
    expect(report).toMatchObject({ outcome: 'sent', errors: [new Error('no queue')] });
    const delivery = { recipients: [bob], payload: logged, sinceMs: NOW_MS, delays: 0 };
    await expect(deliverQueued(delivery, backend)).rejects.toThrow('no queue');
  });
});

describe('what has waited in the queue for more than two minutes', () => {
  it('[AK5] is dropped if it is in no log, unsent', async () => {
    const bob = member('bob');
    const { backend, connections, setNow } = await meetingOf([bob]);
    setNow(NOW_MS + 120_001);
    const delivery = { recipients: [bob], payload: unlogged, sinceMs: NOW_MS, delays: 0 };
    expect(await deliverQueued(delivery, backend)).toMatchObject({ failed: [bob], next: 'dropped' });
    expect(connections.calls).toEqual([]);
  });

  it('[LG9] is sent all the same if it is in the log, and once', async () => {
    const [bob, carol] = [member('bob'), member('carol')];
    const { backend, connections, setNow } = await meetingOf([bob, carol]);
    connections.outcomes.set('carol-1', 'failed');
    setNow(NOW_MS + 600_000);
    const delivery = { recipients: [bob, carol], payload: logged, sinceMs: NOW_MS, delays: 0 };
    expect(await deliverQueued(delivery, backend)).toMatchObject({
      sent: 1,
      failed: [carol],
      next: 'closed',
    });
    expect(connections.calls).toEqual([
      `send bob-1 ${logged.text}`,
      `send carol-1 ${logged.text}`,
      'disconnect carol-1',
    ]);
  });
});
