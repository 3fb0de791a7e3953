import { expect, it } from 'vitest';
import type { Entry } from '../meeting/ports.ts';
import type { UserId } from '../protocol/ids.ts';
import type { EventFrame, Participant } from '../protocol/participants.ts';
import { foldRoster } from './foldRoster.ts';

const userId = 'alice' as UserId;

const aParticipant = (joinedAt: string, rev: number): Participant => ({
  ...{ userId, userName: 'Alice', role: 'participant', joinedAt, rev, connections: [] },
});

const line = (seq: number, data: Partial<EventFrame['data']>): Entry => ({
  seq,
  text: JSON.stringify({ type: 'event', origin: 'server', data: { userId, ...data }, seq }),
});

const earlier = aParticipant('2026-11-22T08:00:00.000Z', 1000);
const left = line(1, { eventType: 'user-left' });

it('[ML6] takes the word of the log for who came back, also from a function whose clock is behind', () => {
  const participant = aParticipant('2026-11-22T08:00:05.000Z', 990);
  const roster = foldRoster([earlier], [left, line(2, { eventType: 'user-joined', participant })]);
  expect(roster).toEqual([participant]);
});

it('[ML6] keeps what was read after the joining, with what has changed since', () => {
  const participant = { ...earlier, rev: 900 };
  expect(foldRoster([earlier], [line(2, { eventType: 'user-joined', participant })])).toEqual([earlier]);
});

it('[ML6] shows nobody who has left, and believes no client', () => {
  const forged = { ...line(2, {}), text: JSON.stringify({ type: 'event', data: { userId: 'bob' }, seq: 2 }) };
  expect(foldRoster([earlier], [left, forged])).toEqual([]);
});
