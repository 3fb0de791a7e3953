import type { Contestant, RunningContestant } from './contestants.ts';
import type { LoadResult } from './generator/job.ts';
import type { Generator } from './generator/startGenerator.ts';
import { type Case, type Entrant, entrantsOf, type Plan } from './plan.ts';

/** A case ends after the round in which this is over. */
const CASE_MS = 45_000;

/** What the rounds of one case have come to for one entrant. */
export type Samples = {
  readonly case: Case;
  readonly entrant: Entrant;
  readonly results: readonly LoadResult[];
};

/** A contestant and its process. */
export type Started = { readonly contestant: Contestant; readonly running: RunningContestant };

/**
 * Each case in rounds, each round with every entrant once, so that whatever else the machine does falls on all alike. The
 * first is another one in each round.
 */
export async function measureRounds(
  { cases, rounds, ...times }: Plan,
  generator: Generator,
  started: readonly Started[],
): Promise<readonly Samples[]> {
  const samples: Samples[] = [];
  for (const one of cases) {
    const entrants = entrantsOf(
      one,
      started.map(({ contestant }) => contestant.name),
    );
    const results = entrants.map((entrant) => ({ case: one, entrant, results: [] as LoadResult[] }));
    const endsAtMs = performance.now() + CASE_MS;
    for (let round = 0; round < rounds && performance.now() < endsAtMs; round++) {
      for (const { entrant, results: own } of rotated(results, round)) {
        own.push(await measure({ one, entrant, times }, generator, started));
      }
    }
    samples.push(...results);
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  return samples;
}

type Load = {
  readonly one: Case;
  readonly entrant: Entrant;
  readonly times: Pick<Plan, 'warmUpMs' | 'measureMs'>;
};

async function measure(
  { one, entrant, times }: Load,
  generator: Generator,
  started: readonly Started[],
): Promise<LoadResult> {
  const { contestant, running } =
    started.find(({ contestant: { name } }) => name === entrant.contestant) ?? {};
  if (!contestant || !running) throw new Error(`${entrant.contestant} isn't running`);
  const { meetings, recipients, target, inFlight, dataBytes } = one;
  return generator.load({
    ...{ meetings, recipients, target, inFlight, dataBytes, messageType: entrant.messageType },
    ...{ url: running.url, protocol: contestant.protocol, serverPid: running.pid },
    ...{ warmUpMs: times.warmUpMs, measureMs: times.measureMs },
  });
}

const rotated = <Value>(values: readonly Value[], by: number): readonly Value[] => {
  const from = by % values.length;
  return [...values.slice(from), ...values.slice(0, from)];
};
