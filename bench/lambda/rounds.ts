import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../test/harness/random.ts';
import type { Build } from './builds.ts';
import { bareArgs, type ColdStart, coldStart, runnerArgs, type Start } from './coldStart.ts';
import { type FirstEvent, firstEvent, withStatus } from './firstEvents.ts';
import type { Quota } from './quota.ts';
import type { Surroundings } from './surroundings.ts';

/** How many invocations follow the first. */
const WARM_INVOCATIONS = 10;

/** What is started in each round: a function's build, a process that only comes up, or a handler that does nothing. */
export type Row = Build | { readonly kind: 'bare' } | { readonly kind: 'empty' };

/** The cold starts of each row, in the order of the rounds. */
export type Samples = readonly { readonly row: Row; readonly starts: readonly ColdStart[] }[];

/** What the rounds need. */
export type Rounds = {
  readonly repeats: number;
  readonly random: Random;
  readonly surroundings: Surroundings;
  /** A folder to write to. */
  readonly work: string;
  readonly quota?: Quota;
};

/**
 * Starts every row once a round, one process at a time and in an order of its own each round, so that whatever else the
 * machine does falls on all rows alike. The first round fills the caches and doesn't count.
 */
export async function measureStarts(rows: readonly Row[], rounds: Rounds): Promise<Samples> {
  const empty = makeEmptyFunction(rounds.work);
  const samples = rows.map((row) => ({ row, starts: [] as ColdStart[] }));
  for (let round = 0; round <= rounds.repeats; round++) {
    for (const { row, starts } of shuffled(samples, rounds.random)) {
      const measured = await coldStart(await startOf(row, empty, rounds));
      if (round > 0) starts.push(measured);
    }
  }
  return samples;
}

async function startOf(row: Row, empty: string, { surroundings, quota }: Rounds): Promise<Start> {
  const { environment, meetings } = surroundings;
  const common = { environment, ...(quota && { quota }) };
  switch (row.kind) {
    case 'bare':
      return { ...common, args: bareArgs, folder: empty };
    case 'empty':
      return {
        ...common,
        args: runnerArgs(empty, 'empty'),
        folder: empty,
        first: { event: {}, isAnswer: withStatus(200) },
      };
    default: {
      const { taskRoot, functionName } = row;
      const first = await firstEvent(functionName, meetings);
      const more: FirstEvent[] = [];
      for (let n = 0; n < WARM_INVOCATIONS; n++) more.push(await firstEvent(functionName, meetings));
      return { ...common, args: runnerArgs(taskRoot, functionName), folder: taskRoot, first, more };
    }
  }
}

function makeEmptyFunction(work: string): string {
  const folder = join(work, 'empty');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => ({ statusCode: 200 });\n');
  return folder;
}

/** Fisher and Yates' way. */
function shuffled<Value>(values: readonly Value[], random: Random): readonly Value[] {
  const left = [...values];
  return values.flatMap(() => left.splice(random.below(left.length), 1));
}
