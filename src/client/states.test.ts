import { describe, expect, it } from 'vitest';
import type { FakeMeeting } from '../../test/harness/fakeMeeting.ts';
import { openFakeMeeting, settled, startFakeMeeting } from '../../test/harness/fakeMeeting.ts';
import { MeetingError } from './MeetingError.ts';
import { type ClientState, nextState, type StateEvent } from './state.ts';

const failure = new MeetingError('unreachable', 'Nobody there.');
const states: Record<string, ClientState> = {
  connecting: { status: 'connecting', attempt: 2 },
  open: { status: 'open' },
  reconnecting: { status: 'reconnecting', attempt: 2, failure },
  closed: { status: 'closed', reason: 'left' },
};
const events: Record<string, StateEvent> = {
  up: { kind: 'up' },
  failed: { kind: 'failed', failure },
  lost: { kind: 'lost', failure },
  ended: { kind: 'ended', reason: 'removed', error: failure },
};
const open = states.open;
const ended = { status: 'closed', reason: 'removed', error: failure };

describe('the state', () => {
  it.each([
    ['connecting', 'up', open],
    ['connecting', 'failed', { status: 'connecting', attempt: 3, failure }],
    ['connecting', 'lost', states.connecting],
    ['connecting', 'ended', ended],
    ['open', 'up', open],
    ['open', 'failed', open],
    ['open', 'lost', { status: 'reconnecting', attempt: 1, failure }],
    ['open', 'ended', ended],
    ['reconnecting', 'up', open],
    ['reconnecting', 'failed', { status: 'reconnecting', attempt: 3, failure }],
    ['reconnecting', 'lost', states.reconnecting],
    ['reconnecting', 'ended', ended],
    ['closed', 'up', states.closed],
    ['closed', 'failed', states.closed],
    ['closed', 'lost', states.closed],
    ['closed', 'ended', states.closed],
  ])('[SD2] after %s and %s is %j', (state, event, expected) => {
    expect(nextState(states[state] as ClientState, events[event] as StateEvent)).toEqual(expected);
  });
});

type Situation = 'connecting' | 'joining' | 'open' | 'waiting' | 'rejoining' | 'renewing' | 'closed';
type Happening = (meeting: FakeMeeting) => void | Promise<void>;

/** A client in each situation that differs in what can happen. */
async function inSituation(situation: Situation): Promise<FakeMeeting> {
  if (situation === 'connecting' || situation === 'joining') {
    const meeting = await startFakeMeeting();
    if (situation === 'joining') meeting.net.last.open();
    return meeting;
  }
  const meeting = await openFakeMeeting({}, { renewAfterMs: 60_000 });
  switch (situation) {
    case 'waiting':
    case 'rejoining':
      meeting.net.last.end();
      if (situation === 'waiting') break;
      await meeting.pass(60_000);
      meeting.net.last.open();
      break;
    case 'renewing':
      await meeting.pass(60_000);
      meeting.net.last.open();
      break;
    case 'closed':
      meeting.client.close();
      break;
  }
  return meeting;
}

const joinError = (code: string, retryable: boolean) => (meeting: FakeMeeting) =>
  meeting.net.last.receive({ type: 'error', requestId: 'join', code, message: code, retryable });
const bye = (code: string) => (meeting: FakeMeeting) =>
  meeting.net.last.receive({ type: 'bye', code, message: code });

const happenings: Record<string, Happening> = {
  'close code 1006': ({ net }) => net.last.end(1006),
  'close code 1001': ({ net }) => net.last.end(1001),
  'a welcome': ({ net }) => net.last.welcome(),
  'join refused: full': joinError('meeting_full', true),
  'join refused: locked': joinError('meeting_locked', true),
  'join refused: removed': joinError('removed', false),
  'join refused: another meeting': joinError('meeting_not_allowed', false),
  'join refused: invalid': joinError('invalid_request', false),
  'join failed': joinError('internal_error', true),
  'bye replaced': bye('replaced'),
  'bye removed': bye('removed'),
  'bye flooding': bye('flooding'),
  '15 s without an answer': ({ pass }) => pass(15_001),
  'leave()': async ({ client, net }) => {
    const left = client.leave();
    for (const socket of net.all) if (socket.count('leave') > 0) socket.reply('leave');
    await left;
  },
  'close()': ({ client }) => client.close(),
};

type Row = Record<keyof typeof happenings, string>;

const fromJoining: Row = {
  'close code 1006': 'connecting',
  'close code 1001': 'connecting',
  'a welcome': 'open',
  'join refused: full': 'closed full',
  'join refused: locked': 'closed locked',
  'join refused: removed': 'closed removed',
  'join refused: another meeting': 'closed not-allowed',
  'join refused: invalid': 'closed refused',
  'join failed': 'connecting',
  'bye replaced': 'connecting',
  'bye removed': 'closed removed',
  'bye flooding': 'connecting',
  '15 s without an answer': 'connecting',
  'leave()': 'closed left',
  'close()': 'closed closed',
};

/** What each situation is after each happening: the status, and the reason of a close. */
const table: Record<Situation, Row> = {
  connecting: fromJoining,
  joining: fromJoining,
  open: {
    'close code 1006': 'reconnecting',
    'close code 1001': 'reconnecting',
    'a welcome': 'open',
    'join refused: full': 'open',
    'join refused: locked': 'open',
    'join refused: removed': 'open',
    'join refused: another meeting': 'open',
    'join refused: invalid': 'open',
    'join failed': 'open',
    'bye replaced': 'closed replaced',
    'bye removed': 'closed removed',
    'bye flooding': 'reconnecting',
    '15 s without an answer': 'open',
    'leave()': 'closed left',
    'close()': 'closed closed',
  },
  waiting: {
    'close code 1006': 'reconnecting',
    'close code 1001': 'reconnecting',
    'a welcome': 'reconnecting',
    'join refused: full': 'reconnecting',
    'join refused: locked': 'reconnecting',
    'join refused: removed': 'reconnecting',
    'join refused: another meeting': 'reconnecting',
    'join refused: invalid': 'reconnecting',
    'join failed': 'reconnecting',
    'bye replaced': 'reconnecting',
    'bye removed': 'reconnecting',
    'bye flooding': 'reconnecting',
    '15 s without an answer': 'reconnecting',
    'leave()': 'closed left',
    'close()': 'closed closed',
  },
  rejoining: {
    'close code 1006': 'reconnecting',
    'close code 1001': 'reconnecting',
    'a welcome': 'open',
    'join refused: full': 'reconnecting',
    'join refused: locked': 'reconnecting',
    'join refused: removed': 'closed removed',
    'join refused: another meeting': 'closed not-allowed',
    'join refused: invalid': 'closed refused',
    'join failed': 'reconnecting',
    'bye replaced': 'reconnecting',
    'bye removed': 'closed removed',
    'bye flooding': 'reconnecting',
    '15 s without an answer': 'reconnecting',
    'leave()': 'closed left',
    'close()': 'closed closed',
  },
  renewing: {
    'close code 1006': 'open',
    'close code 1001': 'open',
    'a welcome': 'open',
    'join refused: full': 'open',
    'join refused: locked': 'open',
    'join refused: removed': 'closed removed',
    'join refused: another meeting': 'closed not-allowed',
    'join refused: invalid': 'closed refused',
    'join failed': 'open',
    'bye replaced': 'open',
    'bye removed': 'closed removed',
    'bye flooding': 'open',
    '15 s without an answer': 'open',
    'leave()': 'closed left',
    'close()': 'closed closed',
  },
  closed: {
    ...Object.fromEntries(Object.keys(happenings).map((name) => [name, 'closed closed'])),
  },
};

const cells = Object.entries(table).flatMap(([situation, row]) =>
  Object.entries(row).map(([name, expected]) => [situation as Situation, name, expected] as const),
);

describe('a client', () => {
  it('[SD2] is tested in every situation with everything that can happen', () => {
    for (const row of Object.values(table)) expect(Object.keys(row)).toEqual(Object.keys(happenings));
  });

  it.each(cells)('[SD2][SD5] while %s, %s: %s', async (situation, name, expected) => {
    const meeting = await inSituation(situation);
    const { client, net } = meeting;
    await happenings[name]?.(meeting);
    await settled();
    const { state } = client;
    expect(state.status === 'closed' ? `closed ${state.reason}` : state.status).toBe(expected);
    if (state.status === 'closed') {
      const connections = net.all.length;
      await meeting.pass(3_600_000);
      expect(net.all).toHaveLength(connections);
      expect(client.state).toBe(state);
    }
  });
});
