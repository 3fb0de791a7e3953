import { describe, expect, it } from 'vitest';
import type { ConnectionId } from '../protocol/ids.ts';
import { measured } from './measured.ts';
import type { Connection, Meetings, RateLimitOutcome, SendOutcome } from './ports.ts';

const connection = { connectionId: 'a=' } as Connection;

/** Ports that answer what they are told, and what was counted of them. */
function counted(answers: Readonly<Record<string, unknown>>) {
  const counts: Record<string, number> = {};
  const times: number[] = [];
  let elapsedMs = 0;
  const answer = async (name: string) => answers[name];
  const ports = measured(
    {
      meetings: new Proxy({} as Meetings, { get: (_target, name) => () => answer(String(name)) }),
      connections: {
        send: async () => {
          elapsedMs += 7;
          return answers.send as readonly SendOutcome[];
        },
        disconnect: async () => 'sent',
        check: async () => 'open',
      },
      deliveryQueue: {
        enqueue: async () => {
          if (answers.enqueue) throw answers.enqueue;
        },
      },
      rateLimit: { take: async () => answers.take as RateLimitOutcome },
    },
    {
      count: (name, amount) => {
        counts[name] = (counts[name] ?? 0) + amount;
      },
      time: (_name, durationMs) => times.push(durationMs),
    },
    () => elapsedMs,
  );
  return { ports, counts, times };
}

const limits = { connectionsPerMeeting: 5, connectionsPerUser: 5 };

describe('what is counted', () => {
  it.each<[string, object, Record<string, number>]>([
    ['connect', { outcome: 'connected', evicted: [] }, { ConnectionsOpened: 1 }],
    [
      'connect',
      { outcome: 'connected', evicted: [connection] },
      { ConnectionsOpened: 1, ConnectionsClosed: 1 },
    ],
    ['connect', { outcome: 'meeting-full' }, { ConnectionsRefused: 1 }],
    ['join', { outcome: 'first', connection, evicted: [] }, {}],
    ['join', { outcome: 'additional', connection, evicted: [connection] }, { ConnectionsClosed: 1 }],
    ['join', { outcome: 'meeting-locked' }, { ConnectionsRefused: 1 }],
    ['leave', { outcome: 'last', connection }, { ConnectionsClosed: 1 }],
    ['leave', { outcome: 'already-gone' }, {}],
    ['remove', { outcome: 'removed', removed: [connection, connection] }, { ConnectionsClosed: 2 }],
    ['remove', { outcome: 'not-there' }, {}],
    ['appendChat', { outcome: 'appended', entry: { seq: 1, text: '' } }, { ChatsLogged: 1 }],
    ['appendChat', { outcome: 'duplicate', entry: { seq: 1, text: '' } }, {}],
  ])('of %s that is %j: %j', async (method, outcome, expected) => {
    const { ports, counts } = counted({ [method]: outcome });
    const { meetings } = ports;
    const call = {
      connect: () => meetings.connect(connection, limits),
      join: () => meetings.join(connection, { limits } as never),
      leave: () => meetings.leave(connection, 'left'),
      remove: () => meetings.remove(connection, 60),
      appendChat: () => meetings.appendChat(connection, {} as never, undefined),
    }[method];
    expect(await call?.()).toEqual(outcome);
    expect(counts).toEqual(expected);
  });

  it('of sends: each by how it ended, and how long all of them took', async () => {
    const { ports, counts, times } = counted({ send: ['sent', 'sent', 'gone', 'failed'] });
    const ids = ['a=', 'b=', 'c=', 'd='] as ConnectionId[];
    expect(await ports.connections.send(ids, 'text')).toEqual(['sent', 'sent', 'gone', 'failed']);
    expect(counts).toEqual({ MessagesSent: 2, StaleConnections: 1, MessagesFailed: 1 });
    expect(times).toEqual([7]);
  });

  it('of a send to nobody: nothing', async () => {
    const { ports, counts, times } = counted({ send: [] });
    await ports.connections.send([], 'text');
    expect([counts, times]).toEqual([{}, []]);
  });

  it('of the rate limit: each refusal', async () => {
    const granted = counted({ take: { outcome: 'granted' } });
    await granted.ports.rateLimit.take(connection.connectionId);
    const refused = counted({ take: { outcome: 'refused', retryAfterMs: 5 } });
    await refused.ports.rateLimit.take(connection.connectionId);
    expect([granted.counts, refused.counts]).toEqual([{}, { Throttles: 1 }]);
  });

  it('of everything else: nothing', async () => {
    const { ports, counts } = counted({ find: connection, recipients: [], head: { epoch: 'e', seq: 1 } });
    expect(await ports.meetings.find(connection.connectionId)).toBe(connection);
    expect(await ports.meetings.recipients({ kind: 'meeting' } as never)).toEqual([]);
    expect(await ports.meetings.head('m' as never)).toEqual({ epoch: 'e', seq: 1 });
    expect(counts).toEqual({});
  });
});
