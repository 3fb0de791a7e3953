import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readBetween } from '../marks.ts';
import { type Counts, countsAt, type OperationCounts, readCounts } from './counts.ts';
import { billedMs } from './durations.ts';
import { estimate, type Kind } from './estimate.ts';
import { example } from './example.ts';
import { pricesByRegion } from './prices.ts';
import { reportOf } from './report.ts';

const free = { calls: 0, readUnits: 0, writeUnits: 0 };
const nothing = { ...free, posts: 0 };

function countsOf(chat: Partial<OperationCounts>): Counts {
  const all = {
    ...{ connect: nothing, join: nothing, chat: { ...nothing, ...chat }, signal: nothing },
    ...{ update: nothing, leave: nothing, disconnect: nothing },
  };
  return {
    countedOn: '2026-11-28',
    bySize: { 2: all, 100: all },
    rate: { nowAndThen: free, tenASecond: free },
  };
}

const quiet: Kind = {
  ...{ people: 4, minutes: 10, chatsPerMinute: 0, signals: 0, updatesPerPerson: 0, meetingsPerMonth: 1 },
};
const [prices] = Object.values(pricesByRegion);
if (!prices) throw new Error('there are no prices');

const amounts = (kind: Kind, counts: Counts) =>
  Object.fromEntries(estimate(kind, counts, prices).items.map(({ what, amount }) => [what, amount]));

describe('an estimate', () => {
  it('takes a chat for a message in, an ack, and one for each recipient', () => {
    const counts = countsOf({ posts: 3, writeUnits: 5, readUnits: 2 });
    const before = amounts(quiet, counts);
    const after = amounts({ ...quiet, chatsPerMinute: 1 }, counts);
    const more = (what: string) => (after[what] ?? Number.NaN) - (before[what] ?? Number.NaN);
    expect(more('messages')).toBe(10 * (2 + 3));
    expect(more('requests')).toBe(10);
    expect(more('write request units')).toBe(50);
    expect(more('read request units')).toBe(20);
  });

  it('has each connection for each of its minutes, with pings', () => {
    const { 'connection minutes': minutes, 'pings and their answers': pings } = amounts(quiet, countsOf({}));
    expect(minutes).toBe(40);
    expect(pings).toBe(2 * 10);
  });

  it('adds up to a meeting, and to a month with what is paid anyway', () => {
    const { items, perMeeting, fixedItems, perMonth } = estimate(example, readCounts(), prices);
    const sum = (of: readonly { dollars: number }[]) => of.reduce((total, { dollars }) => total + dollars, 0);
    expect(perMeeting).toBeCloseTo(sum(items), 12);
    expect(perMonth).toBeCloseTo(1000 * perMeeting + sum(fixedItems), 9);
  });

  it('is the one that bench/README.md shows: npm run cost -- --write', () => {
    const counts = readCounts();
    const basis = { region: 'us-east-1', countedOn: counts.countedOn };
    const shown = readBetween('cost', readFileSync('bench/README.md', 'utf8'));
    expect(shown).toBe(reportOf(example, estimate(example, counts, prices), basis));
  });
});

it('is in proportion between the sizes that were counted, and nowhere beyond them', () => {
  const counts = countsOf({});
  const bySize = {
    2: { ...counts.bySize[2], chat: { ...nothing, posts: 1 } },
    10: { ...counts.bySize[2], chat: { ...nothing, posts: 9 } },
  } as Counts['bySize'];
  const posts = (people: number) => countsAt({ ...counts, bySize }, 'chat', people).posts;
  expect([1, 2, 6, 10, 50].map(posts)).toEqual([1, 1, 5, 9, 9]);
});

it('bills work by the share of a processor, and what is waited for as it is', () => {
  const work = (memoryMb: number) => billedMs({ calls: 0, posts: 100 }, memoryMb);
  expect(work(884.5) / work(1769)).toBeCloseTo(2);
  const calls = (memoryMb: number) => billedMs({ calls: 4, posts: 0 }, memoryMb);
  expect(2 * calls(1769) - calls(884.5)).toBeCloseTo(4 * 5);
  expect(work(3538)).toBe(work(1769));
});
