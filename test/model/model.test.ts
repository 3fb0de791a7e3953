import { expect, it } from 'vitest';
import { seedOfRun } from '../harness/random.ts';
import { type Run, run, shrink } from './run.ts';
import { type CreateStore, dynamoStore, embeddedStore } from './stores.ts';

const replaying = process.env.SEED !== undefined;
const firstSeed = seedOfRun();

const stores: readonly (readonly [string, CreateStore, number])[] = [
  ['DynamoDB', dynamoStore(), 1],
  ['one machine', embeddedStore, 1],
];

it.each(stores)(
  '[MT1][MT2][MT3][MT6][MT7][MJ1][MJ6][ML1][ML2][ML4][ML6] keeps the rules on %s, whatever comes between',
  async (name, createStore, share) => {
    const seeds = replaying ? 1 : Number(process.env.SEEDS ?? 1000) * share;
    const failed: Run[] = [];
    const beganMs = performance.now();
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      const result = await run(seed, createStore);
      if (result.faults.length > 0) failed.push(result);
    }
    const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
    console.log(`model on ${name}: ${seeds} seeds from SEED=${firstSeed} in ${seconds} s`);
    const [first] = failed;
    if (first) {
      const shortest = await shrink(first, createStore);
      console.log(`${shortest.history}\n\n${shortest.faults.join('\n')}`);
      console.log(`SEED=${first.seed} replays it; failed: ${failed.map(({ seed }) => seed).join(' ')}`);
    }
    expect(failed.slice(0, 5).map(({ seed, faults }) => `SEED=${seed}: ${faults[0]}`)).toEqual([]);
  },
  3_600_000,
);
