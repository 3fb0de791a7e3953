import { describe, expect, it } from 'vitest';
import { checkLog } from './check.ts';
import { History } from './History.ts';
import { run } from './run.ts';
import { dynamoStore, embeddedStore } from './stores.ts';

/** Runs of a store with something amiss; how many of them the checks complain of, and how. */
async function complaints(seeds: number, store = dynamoStore()): Promise<readonly string[]> {
  const found: string[] = [];
  for (let seed = 1; seed <= seeds; seed++) found.push(...(await run(seed, store)).faults);
  return found;
}

describe('the checks of the model', () => {
  it('[MT6][ML1] complain of a store that takes every condition for true', async () => {
    const found = await complaints(30, dynamoStore({ ignoreConditions: true }));
    expect(found.filter((text) => /^line \d+: \w+ was (not )?there/.test(text))).not.toEqual([]);
    expect(found.filter((text) => /is in the log more than once|in the log \d times/.test(text))).not.toEqual(
      [],
    );
  });

  it('[MJ6] complain of one that does transactions by halves', async () => {
    const found = await complaints(30, dynamoStore({ halfTransactions: true }));
    expect(found.filter((text) => /has a row and no place|has no row/.test(text))).not.toEqual([]);
  });

  it('[ML4] complain of a line that is missing, changed, or told twice', () => {
    const history = new History();
    const entry = { seq: 1, text: '{"type":"chat","data":"hi","seq":1}' };
    const other = { seq: 1, text: '{"type":"void","seq":1}' };
    const told = { outcome: 'last', announcement: entry } as const;
    for (const at of [2, 4]) {
      history.calls.push({
        method: 'leave',
        args: [],
        beganAt: at,
        answer: { at: at + 1, outcome: told },
      } as never);
    }
    const roster = { epoch: 'e', seq: 2, participants: [], locked: false };
    expect(checkLog(history, { log: [other], head: 2, roster, members: [] })).toEqual([
      'the log up to 2 is 1',
      `line 1 was ${entry.text} at 3 and is ${other.text}`,
      `line 1 was ${entry.text} at 5 and is ${other.text}`,
      'line 1 was given to two callers to announce',
    ]);
  });

  it.each([
    ['DynamoDB', dynamoStore()],
    ['one machine', embeddedStore],
  ])('[MT6] are made on a run that %s repeats exactly for the same seed', async (_, store) => {
    for (let seed = 1; seed <= 20; seed++) {
      expect((await run(seed, store)).history).toBe((await run(seed, store)).history);
    }
  });
});
