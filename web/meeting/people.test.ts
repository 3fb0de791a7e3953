import { describe, expect, it } from 'vitest';
import type { MeetingParticipant } from '../../src/client/index.ts';
import { id } from '../testing/id.ts';
import { keyOf, listPeople, sharesOf } from './people.ts';

type Connection = MeetingParticipant['connections'][number];

const participant = (userId: string, given: Partial<MeetingParticipant> = {}): MeetingParticipant => ({
  userId: id(userId),
  ...{ userName: userId, role: 'participant', rev: 1, presence: 'here' },
  joinedAt: '2026-11-22T08:00:00.000Z',
  connections: [
    {
      connectionId: id(`${userId}=`),
      session: 's',
      joinedAt: '2026-11-22T08:00:00.000Z',
      attributes: { microphone: true },
    },
  ],
  ...given,
});
const known = {
  self: { userId: 'me', session: 's' },
  ...{ peers: [], stats: [], voices: new Map<string, number>(), nowMs: 10_000 },
};

describe('listPeople', () => {
  it('puts oneself first', () => {
    const people = listPeople({ ...known, participants: [participant('alice'), participant('me')] });
    expect(people.map(({ userId, place }) => [userId, place])).toEqual([
      ['me', 'self'],
      ['alice', 'other'],
    ]);
  });

  it('shows each tab of a user', () => {
    const { connections } = participant('alice');
    const other = {
      ...connections[0],
      connectionId: id<Connection['connectionId']>('b='),
      session: 't',
      joinedAt: '',
      attributes: {},
    };
    const people = listPeople({
      ...known,
      participants: [participant('alice', { connections: [...connections, other] })],
    });
    expect(new Set(people.map(({ key }) => key)).size).toBe(2);
  });

  it('knows who is reconnecting from the roster, before their peer connection notices', () => {
    const [person] = listPeople({
      ...known,
      participants: [participant('alice', { presence: 'reconnecting' })],
    });
    expect(person?.state).toBe('reconnecting');
  });

  it.each([
    ['connecting', 'connecting'],
    ['unreachable', 'unreachable'],
    ['reconnecting', 'reconnecting'],
    ['connected', 'here'],
  ] as const)('shows somebody whose peer is %s as %s', (state, shown) => {
    const peers = [{ userId: 'alice', session: 's', state, stream: {} as MediaStream }];
    const [person] = listPeople({ ...known, peers, participants: [participant('alice')] });
    expect(person?.state).toBe(shown);
  });

  it('waits for no peer of who names no session', () => {
    const connections = [
      { connectionId: id<Connection['connectionId']>('a='), joinedAt: '', attributes: {} },
    ];
    const [person] = listPeople({ ...known, participants: [participant('alice', { connections })] });
    expect(person?.state).toBe('here');
  });

  it.each([
    [9000, 'speaking'],
    [8000, 'silent'],
    [undefined, 'silent'],
  ])('takes who was heard at %s of 10,000 ms for %s', (heardAtMs, voice) => {
    const voices = new Map(heardAtMs ? [[keyOf('alice', 's'), heardAtMs]] : []);
    const [person] = listPeople({ ...known, voices, participants: [participant('alice')] });
    expect(person?.voice).toBe(voice);
  });
});

it('believes attributes only where they are true', () => {
  expect(sharesOf({ microphone: 'yes', camera: true, hand: 1 })).toEqual({
    ...{ microphone: false, camera: true, screen: false, hand: false },
  });
});
