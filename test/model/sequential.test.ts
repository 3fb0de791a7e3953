import { expect, it } from 'vitest';
import { DynamoMeetings } from '../../src/aws/DynamoMeetings.ts';
import type { Announcement, Connection, Meetings, MembershipLimits } from '../../src/meeting/ports.ts';
import { chat, meetingId } from '../contracts/meetings/start.ts';
import { aConnection } from '../harness/connections.ts';
import { memoryMeetings } from '../harness/embeddedMeetings.ts';
import { FakeDynamoDB } from '../harness/FakeDynamoDB.ts';
import { type Random, seededRandom, seedOfRun } from '../harness/random.ts';
import { type JoinGiven, Reference } from './Reference.ts';

const STEPS = 40;

const onDynamoDB = (now: () => number) => {
  const fake = new FakeDynamoDB({
    connections: { partition: 'connectionId' },
    meetings: { partition: 'meetingId', sort: 'item' },
  });
  let ids = 0;
  return new DynamoMeetings({
    documents: fake.client(),
    tables: { connections: 'connections', meetings: 'meetings' },
    connectionTtlSeconds: 10 ** 9,
    historyTtlSeconds: 604_800,
    now,
    newId: () => `id-${++ids}`,
    sleep: async () => {},
    random: () => 0,
  });
};

const stores: readonly (readonly [string, (now: () => number) => Meetings & { close?: () => unknown }])[] = [
  ['DynamoDB', onDynamoDB],
  ['one machine', (now) => memoryMeetings({ now })],
];

it.each(stores)(
  '[MT1][MT2][MT3][MT4][MT5][MT6][MT7][MJ1][MJ2][MJ3][MJ4][MJ5][MJ6][MH1][MH2][MH3][MH4][ML1][ML2][ML6] answers on %s as the rules foretell',
  async (_, create) => {
    const firstSeed = seedOfRun();
    const seeds = process.env.SEED === undefined ? Number(process.env.SEEDS ?? 1000) / 4 : 1;
    console.log(`sequences: ${seeds} seeds from SEED=${firstSeed}`);
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) await follow(seed, create);
  },
  3_600_000,
);

/** Asks a store and the reference the same, one thing after another. */
async function follow(seed: number, create: (now: () => number) => Meetings & { close?: () => unknown }) {
  const random = seededRandom(seed);
  let nowMs = Date.UTC(2026, 10, 22);
  const limits = {
    connectionsPerMeeting: random.pick([3, 4, 50]),
    connectionsPerUser: random.pick([1, 2, 3]),
  };
  const meetings = create(() => nowMs);
  const reference = new Reference(limits);
  const done: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    nowMs += random.below(3);
    const { name, expected, actual } = await ask(random, { meetings, reference, limits, nowMs });
    done.push(`${name} → ${actual}`);
    expect(actual, `SEED=${seed}\n${done.join('\n')}`).toBe(expected);
  }
  expect(await lines(meetings), `SEED=${seed}\n${done.join('\n')}`).toEqual(reference.log);
  await meetings.close?.();
}

type Asked = { readonly name: string; readonly expected: string; readonly actual: string };
type Both = {
  readonly meetings: Meetings;
  readonly reference: Reference;
  readonly limits: MembershipLimits;
  readonly nowMs: number;
};

async function ask(random: Random, { meetings, reference, limits, nowMs }: Both): Promise<Asked> {
  const connection = anyConnection(random, nowMs);
  const { connectionId } = connection;
  const kind = random.pick([
    'connect',
    'connect',
    'join',
    'join',
    'update',
    'leave',
    'remove',
    'lock',
    'chat',
    'reads',
  ] as const);
  const name = `${kind} ${connectionId}`;
  switch (kind) {
    case 'connect':
      return {
        name,
        expected: reference.connect(connection),
        actual: arrived(await meetings.connect(connection, limits)),
      };
    case 'join': {
      const given = joiningOf(random);
      const outcome = await meetings.join(connection, { ...given, limits });
      return {
        name: `${name} ${JSON.stringify(given)}`,
        expected: reference.join(connection, given),
        actual: arrived(outcome),
      };
    }
    case 'update': {
      const attributes = { hand: random.below(2) };
      const result = await meetings.update(connection, attributes);
      const actual =
        result.outcome === 'not-joined' ? 'not-joined' : `updated, told ${word(result.announcement)}`;
      return { name, expected: reference.update(connection, attributes), actual };
    }
    case 'leave': {
      const reason = random.pick(['left', 'expired', 'connection-lost'] as const);
      const left = await meetings.leave(connection, reason);
      const actual =
        left.outcome === 'already-gone' ? left.outcome : `${left.outcome}, told ${word(left.announcement)}`;
      return { name, expected: reference.leave(connection, reason), actual };
    }
    case 'remove': {
      // Else everybody would soon be out for good.
      if (random.next() < 0.7) return { name: 'nobody is removed', expected: '', actual: '' };
      const result = await meetings.remove(connection, 10 ** 9);
      const actual =
        result.outcome === 'removed'
          ? `removed [${result.removed.map((gone) => gone.connectionId)}], told ${word(result.announcement)}`
          : result.outcome;
      return { name, expected: reference.remove(connection.userId), actual };
    }
    case 'lock': {
      const lock = random.pick(['locked', 'unlocked'] as const);
      const result = await meetings.setLock(connection, lock);
      const actual =
        result.outcome === 'changed' ? `changed, told ${word(result.announcement)}` : result.outcome;
      return { name: `${lock} by ${connectionId}`, expected: reference.setLock(lock), actual };
    }
    case 'chat': {
      const [data, requestId] = [
        random.pick(['hi', 'ho']),
        random.pick(['', 'r-1', 'r-2', 'r-3']) || undefined,
      ];
      const expected = reference.chat(connection, data, requestId);
      return { name, expected, actual: await said(meetings, connection, data, requestId) };
    }
    case 'reads':
      return {
        name,
        expected: JSON.stringify(views(reference)),
        actual: JSON.stringify(await readAll(meetings)),
      };
  }
}

const USERS = ['ann', 'bob', 'cy'];

/** One of a few, so that most have been met before; a connection's age and client go with its id. */
function anyConnection(random: Random, nowMs: number): Connection {
  const userId = random.pick(USERS);
  const n = random.below(5);
  const connectedAtMs = nowMs - (nowMs % 86_400_000) - ((n * 7) % 5);
  return aConnection({
    connectionId: `${userId}-${n}`,
    userId,
    userName: userId,
    connectedAtMs,
    client: n % 2 === 0 ? 'plain' : 'v1',
  });
}

const joiningOf = (random: Random): JoinGiven => ({
  session: random.pick(['', 's-1', 's-2']) || undefined,
  attributes: random.next() < 0.5 ? undefined : { hand: random.below(2) },
  replaces: random.next() < 0.6 ? undefined : `${random.pick(USERS)}-${random.below(5)}`,
});

type Arrived = Awaited<ReturnType<Meetings['connect']>> | Awaited<ReturnType<Meetings['join']>>;

const arrived = (result: Arrived): string =>
  'evicted' in result
    ? `${result.outcome}, evicted [${result.evicted.map(({ connectionId }) => connectionId)}], told ${word(result.announcement)}`
    : result.outcome;

/** What others are told, in the reference's words. */
function word(announcement: Announcement | undefined): string {
  if (!announcement) return 'nothing';
  const { type, data } = JSON.parse(announcement.text);
  if (type !== 'event') return data;
  if (/^meeting-/.test(data.eventType)) return data.eventType.slice('meeting-'.length);
  const marks: Readonly<Record<string, string>> = {
    'user-joined': '+',
    'user-left': `- ${data.reason}`,
    'user-updated': '!',
  };
  return `${data.userId}${marks[data.eventType]}`;
}

/** The log without voids, in the reference's words. */
async function lines(meetings: Meetings): Promise<readonly string[]> {
  return (await written(meetings)).map((entry) => word(entry));
}

async function written(meetings: Meetings) {
  const { entries } = await meetings.entries({ meetingId, after: 0, limit: 300 });
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  return entries.filter(({ text }) => JSON.parse(text).type !== 'void');
}

/** Where seqs were wasted, a line's place among the others still tells which it is. */
async function said(meetings: Meetings, sender: Connection, data: string, requestId: string | undefined) {
  const result = await meetings.appendChat(sender, chat(sender, data), requestId);
  if (!('entry' in result)) return result.outcome;
  const { seq } = result.entry;
  return `${result.outcome} ${(await written(meetings)).findIndex((entry) => entry.seq === seq) + 1}`;
}

const views = (reference: Reference) => ({
  members: reference.members(),
  known: reference.known(),
  locked: reference.locked(),
  roster: reference.roster(),
});

async function readAll(meetings: Meetings): Promise<ReturnType<typeof views>> {
  const members = await meetings.recipients({ kind: 'meeting', meetingId });
  const all = USERS.flatMap((userId) =>
    [0, 1, 2, 3, 4].map((n) => aConnection({ connectionId: `${userId}-${n}` })),
  );
  const found = await Promise.all(all.map(({ connectionId }) => meetings.find(connectionId)));
  const { participants, locked } = await meetings.roster(meetingId);
  return {
    members: members.map(({ connectionId }) => connectionId as string).sort(),
    known: found.flatMap((connection) => (connection ? [connection.connectionId as string] : [])).sort(),
    locked,
    roster: participants.map(({ userId, role, connections }) => {
      const seen = connections.map(
        ({ connectionId, session, attributes }) => `${connectionId} ${session} ${JSON.stringify(attributes)}`,
      );
      return `${userId} ${role} ${seen.join(', ')}`;
    }),
  };
}
