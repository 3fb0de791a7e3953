import { describe, expect, it } from 'vitest';
import type { Participant } from '../../src/protocol/participants.ts';
import type { Frame } from '../harness/TestClient.ts';
import { type ClientHistory, check, type MeetingHistory } from './check.ts';

const event = (seq: number, eventType: string, userId: string): Frame => ({
  ...{ type: 'event', origin: 'server', seq },
  data: { eventType, userId },
});
const chat = (seq: number, data: string): Frame => ({ type: 'chat', seq, data });
type ReceivedWelcome = ClientHistory['welcomes'][number];
const rosterOf = (...userIds: string[]) => ({
  self: { connectionId: 'c' },
  participants: userIds.map((userId) => ({ userId })) as unknown as Participant[],
  participantCount: userIds.length,
});
const firstAt = (seq: number, ...userIds: string[]): ReceivedWelcome => ({
  since: undefined,
  welcome: { ...rosterOf(...userIds), log: { ...atSeq(seq), entries: [], recovered: false } },
});
/** Back after seq 3, when the log stands at 6. */
const resumed = (entries: readonly Frame[], ...userIds: string[]): ReceivedWelcome => ({
  since: 3,
  welcome: { ...rosterOf(...userIds), log: { ...atSeq(6), entries, recovered: true } },
});
const atSeq = (seq: number) => ({ epoch: 'e', seq, more: false });

/** alice and bob join, talk, bob comes and goes, and carol is gone at the end. */
const log: readonly Frame[] = [
  event(1, 'user-joined', 'alice'),
  event(2, 'user-joined', 'bob'),
  chat(3, 'one'),
  event(4, 'user-left', 'bob'),
  { type: 'void', seq: 5 },
  event(6, 'user-joined', 'bob'),
  event(7, 'user-joined', 'carol'),
  chat(8, 'two'),
  event(9, 'user-left', 'carol'),
];
const alice: ClientHistory = {
  ...{ userId: 'alice', session: 'alice.1', atTheEnd: 'open', foreign: [] },
  shown: log.slice(1).filter(({ type }) => type !== 'void'),
  acked: [{ requestId: '1', data: 'one', seq: 3 }],
  welcomes: [firstAt(1, 'alice')],
};
const bob: ClientHistory = {
  ...{ userId: 'bob', session: 'bob.1', atTheEnd: 'open', foreign: [] },
  shown: log.slice(2).filter(({ type }) => type !== 'void'),
  acked: [{ requestId: '1', data: 'two', seq: 8 }],
  welcomes: [firstAt(2, 'alice', 'bob'), resumed(log.slice(3, 6), 'alice', 'bob')],
};
const carol: ClientHistory = {
  ...{ userId: 'carol', session: 'carol.1', atTheEnd: 'closed' },
  ...{ shown: [], acked: [], welcomes: [], foreign: [] },
};
const right: MeetingHistory = { meetingId: 'm', epoch: 'e', log, clients: [alice, bob, carol] };

/** The log with other lines in place of some. */
const withLines = (...lines: readonly Frame[]): MeetingHistory => ({
  ...right,
  log: log.map((line) => lines.find(({ seq }) => seq === line.seq) ?? line),
});
const withAlice = (changes: Partial<ClientHistory>): MeetingHistory => ({
  ...right,
  clients: [{ ...alice, ...changes }, bob, carol],
});
const missed = log.slice(3, 6);
const welcomed = (entries: readonly Frame[], ...userIds: string[]) =>
  withAlice({ welcomes: [...alice.welcomes, resumed(entries, ...userIds)] });
const forgetful: ReceivedWelcome = { ...firstAt(2, 'alice', 'bob'), since: 1 };
const swapped = (lines: readonly Frame[]): readonly Frame[] => [
  ...lines.slice(0, 1),
  ...lines.slice(1, 3).reverse(),
  ...lines.slice(3),
];

describe('the judge of the chaos test', () => {
  it('[EV2][LG3][JN4] finds nothing in a history as it should be', () => {
    expect(check(right)).toEqual([]);
  });

  it.each<[string, MeetingHistory, string]>([
    ['a chat lost from the log', withLines({ type: 'void', seq: 3 }), 'was acked and is not in the log'],
    ['a chat logged twice', withLines(chat(5, 'one')), '"one" is in the log 2 times'],
    ['a hole in the log', { ...right, log: log.toSpliced(4, 1) }, 'line 5 of the log has seq 6'],
    ['an ack with the seq of another', withLines(chat(3, 'two'), chat(8, 'one')), 'was acked with seq 3'],
    ['a chat not shown', withAlice({ shown: alice.shown.toSpliced(1, 1) }), 'as line 2 it showed'],
    ['the last chat not shown', withAlice({ shown: alice.shown.slice(0, -1) }), 'it showed nothing'],
    ['a chat shown twice', withAlice({ shown: [...alice.shown, chat(8, 'two')] }), 'instead of nothing'],
    ['lines shown in another order', withAlice({ shown: swapped(alice.shown) }), 'as line 2 it showed'],
    ['a line shown with another text', withAlice({ shown: alice.shown.with(1, chat(3, 'x')) }), 'as line 2'],
    ['a user who leaves twice', withLines(event(5, 'user-left', 'bob')), 'is user-left when it already was'],
    ['a user who joins twice', withLines(event(4, 'user-joined', 'bob')), 'user-joined when it already was'],
    ['a ghost', withLines(chat(9, 'three')), 'carol is gone and still there by the log: a ghost'],
    ['one who never came', withLines(event(9, 'user-joined', 'dave')), 'dave is gone and still there'],
    ['one whom the log forgot', withLines(event(9, 'user-left', 'bob')), 'bob is there and has left'],
    ['a welcome that names too many', welcomed(missed, 'alice', 'bob', 'carol'), 'names alice,bob,carol'],
    ['a welcome that names too few', welcomed(missed, 'alice'), 'names alice instead of alice,bob'],
    ['a welcome without the last line', welcomed(missed.slice(0, -1), 'alice', 'bob'), 'after 3 instead of'],
    ['a welcome with a hole', welcomed(missed.toSpliced(1, 1), 'alice', 'bob'), 'after 3 instead of'],
    ['a welcome that recovers nothing', withAlice({ welcomes: [forgetful] }), 'recovers nothing'],
    ['one never welcomed', withAlice({ welcomes: [] }), 'was never welcomed'],
    [
      'a frame of another meeting',
      withAlice({ foreign: [chat(1, 'x')] }),
      'from another meeting {"type":"chat"',
    ],
    ['a log begun anew', { ...right, epoch: 'f' }, 'is of epoch e, not f'],
  ])('[EV2][LG3][JN4] finds %s', (_, history, problem) => {
    expect(check(history).join('\n')).toContain(problem);
  });
});
