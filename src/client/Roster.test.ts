import { describe, expect, it } from 'vitest';
import { connection, participant, userEvent } from '../../test/harness/FakeSockets.ts';
import { ManualClock } from '../../test/harness/ManualClock.ts';
import type { DepartureReason, EventFrame, Participant } from '../protocol/participants.ts';
import type { Departure, MeetingParticipant } from './participants.ts';
import { Roster } from './Roster.ts';

const person = (userId: string, changes: object = {}) =>
  participant(userId, changes as never) as unknown as Participant;

function keep() {
  const clock = new ManualClock();
  const told: string[] = [];
  const tellers: Record<string, (payload: never) => string> = {
    participantJoined: ({ userId }: MeetingParticipant) => `${userId} joined`,
    participantUpdated: ({ userId, presence }: MeetingParticipant) => `${userId} ${presence}`,
    participantLeft: ({ participant: { userId }, reason }: Departure) => `${userId} left: ${reason}`,
  };
  const roster = new Roster(clock, (name, payload) => told.push(String(tellers[name]?.(payload as never))));
  const line = (seq: number, eventType: string, userId: string, changes: object = {}) =>
    roster.takeLine(userEvent(eventType, userId, changes as never) as unknown as EventFrame, seq);
  return {
    ...{ clock, told, roster },
    joined: (seq: number, userId: string, changes: object = {}) =>
      line(seq, 'user-joined', userId, { participant: person(userId, changes) }),
    left: (seq: number, userId: string, reason: DepartureReason) =>
      line(seq, 'user-left', userId, { reason }),
    whole: (
      seq: number,
      people: readonly Participant[],
      departures: readonly [string, DepartureReason][] = [],
    ) =>
      roster.replace({
        seq,
        participants: people.map((one) => ({ participant: one, asOf: seq })),
        lines: departures.map(([userId, reason]) => userEvent('user-left', userId, { reason })),
      }),
    there: () => roster.list().map(({ userId, presence }) => `${userId} ${presence}`),
  };
}

describe('a roster', () => {
  it('[SD18] is what a welcome says, then what the lines behind it say', () => {
    const { whole, joined, left, there, told } = keep();
    whole(5, [person('alice'), person('bob')]);
    left(4, 'bob', 'left');
    joined(5, 'bob');
    joined(6, 'carol');
    left(7, 'alice', 'kicked');
    expect(there()).toEqual(['bob here', 'carol here']);
    expect(told).toEqual(['alice joined', 'bob joined', 'carol joined', 'alice left: kicked']);
  });

  it('[SD18] takes of two words the one with the higher rev', () => {
    const { whole, roster, told } = keep();
    whole(1, [person('bob')]);
    roster.takeUpdate(person('bob', { rev: 3, userName: 'Bob 3' }));
    roster.takeUpdate(person('bob', { rev: 2, userName: 'Bob 2' }));
    expect(roster.list()).toMatchObject([{ rev: 3, userName: 'Bob 3' }]);
    whole(1, [person('bob', { rev: 2, userName: 'Bob 2' })]);
    expect(roster.list()).toMatchObject([{ rev: 3, userName: 'Bob 3' }]);
    expect(told).toEqual(['bob joined', 'bob here']);
  });

  it('[SD18] lets an update that overtook its user-joined wait for it', () => {
    const { whole, roster, joined, told } = keep();
    whole(1, []);
    roster.takeUpdate(person('bob', { rev: 3, userName: 'Bob 3' }));
    expect(roster.list()).toEqual([]);
    joined(2, 'bob', { rev: 2, userName: 'Bob 2' });
    expect(roster.list()).toMatchObject([{ rev: 3, userName: 'Bob 3' }]);
    expect(told).toEqual(['bob joined']);
  });

  it.each(['left', 'connection-lost'] as const)(
    '[SD18] brings nobody back who is gone (%s) with a late update of that stay',
    (reason) => {
      const { whole, roster, left, clock, joined, there } = keep();
      whole(1, [person('bob')]);
      left(2, 'bob', reason);
      roster.takeUpdate(person('bob', { rev: 9 }));
      clock.advance(15_000);
      expect(there()).toEqual([]);
      joined(3, 'bob', { rev: 10, joinedAt: 'later', userName: 'Again' });
      expect(roster.list()).toMatchObject([{ userName: 'Again' }]);
    },
  );

  it('[SD18] takes an update of a stay that is about to begin for that stay', () => {
    const { whole, roster, left, joined, told } = keep();
    whole(1, [person('bob')]);
    roster.takeUpdate(person('bob', { rev: 8, joinedAt: 'later', userName: 'Newest' }));
    left(2, 'bob', 'left');
    joined(3, 'bob', { rev: 7, joinedAt: 'later' });
    expect(roster.list()).toMatchObject([{ userName: 'Newest', presence: 'here' }]);
    expect(told).toEqual(['bob joined', 'bob left: left', 'bob joined']);
  });

  it('[SD18] takes an update that overtook a welcome’s lines for the stay that it is of', () => {
    const { whole, roster, joined, left } = keep();
    whole(1, []);
    roster.takeUpdate(person('bob', { rev: 9, joinedAt: 'later', userName: 'Newest' }));
    joined(2, 'bob', { rev: 3 });
    left(3, 'bob', 'left');
    whole(4, [person('bob', { rev: 8, joinedAt: 'later' })]);
    expect(roster.list()).toMatchObject([{ rev: 9, userName: 'Newest' }]);
  });

  it('[SD18] read in pages of different times is what all lines together say', () => {
    const { roster, joined, left, there } = keep();
    const early = { participant: person('alice'), asOf: 5 };
    const late = { participant: person('zoe', { rev: 7 }), asOf: 8 };
    roster.replace({ seq: 5, participants: [early, late], lines: [] });
    joined(6, 'zoe', { rev: 5 });
    left(7, 'zoe', 'left');
    joined(8, 'zoe', { rev: 7 });
    expect(there()).toEqual(['alice here', 'zoe here']);
    left(9, 'zoe', 'left');
    expect(there()).toEqual(['alice here']);
  });

  it('[SD19] holds whoever lost their connection for 15 s before they are gone', () => {
    const { whole, left, clock, there, told } = keep();
    whole(1, [person('bob')]);
    left(2, 'bob', 'connection-lost');
    clock.advance(14_999);
    expect(there()).toEqual(['bob reconnecting']);
    clock.advance(1);
    expect(there()).toEqual([]);
    expect(told).toEqual(['bob joined', 'bob reconnecting', 'bob left: connection-lost']);
  });

  it('[SD19] reports nobody as gone who comes back within 15 s', () => {
    const { whole, left, joined, clock, told } = keep();
    whole(1, [person('bob')]);
    left(2, 'bob', 'connection-lost');
    clock.advance(10_000);
    joined(3, 'bob', { rev: 4, joinedAt: 'later' });
    clock.advance(60_000);
    expect(told).toEqual(['bob joined', 'bob reconnecting', 'bob here']);
  });

  it('[SD19] holds whoever is missing after a reconnection, unless the log says that they left otherwise', () => {
    const { whole, clock, there, told } = keep();
    whole(
      1,
      ['alice', 'bob', 'carol', 'dave'].map((userId) => person(userId)),
    );
    told.length = 0;
    whole(
      9,
      [person('alice')],
      [
        ['bob', 'left'],
        ['carol', 'connection-lost'],
      ],
    );
    expect(there()).toEqual(['alice here', 'carol reconnecting', 'dave reconnecting']);
    whole(12, [person('alice'), person('dave', { rev: 3 })]);
    clock.advance(15_000);
    expect(told.toSorted()).toEqual([
      'bob left: left',
      'carol left: connection-lost',
      'carol reconnecting',
      'dave here',
      'dave reconnecting',
    ]);
  });

  it('[SD16] finds a session under its newest connection', () => {
    const { whole, roster } = keep();
    const connections = [connection('old', 'tab'), connection('other', 'phone'), connection('new', 'tab')];
    whole(1, [person('bob', { connections })]);
    expect(roster.find({ session: 'tab' })).toMatchObject({ connectionId: 'new' });
    expect(roster.find({ session: 'nowhere' })).toBeUndefined();
  });

  it('[SD11] takes the word of a log that has begun anew', () => {
    const { whole, roster, joined, there } = keep();
    whole(100, [person('alice')]);
    joined(101, 'bob');
    roster.forgetLines();
    whole(2, [person('alice'), person('carol')]);
    joined(3, 'dave');
    expect(there()).toEqual(['alice here', 'bob reconnecting', 'carol here', 'dave here']);
  });
});
