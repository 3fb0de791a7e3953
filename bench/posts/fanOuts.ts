import type { Random } from '../../test/harness/random.ts';
import type { Quota } from '../lambda/quota.ts';
import type { FanOut } from './job.ts';
import { Sender } from './Sender.ts';

/** The answer that every post of this measurement waits for, in milliseconds. */
export const POST_MS = 10;

/** How many recipients, and how often each fan-out to as many is measured. */
export type Sizes = readonly { readonly recipients: number; readonly repeats: number }[];

/** All fan-outs to so many recipients with so many posts at once. */
export type FanOutSamples = {
  readonly recipients: number;
  readonly concurrency: number;
  readonly fanOuts: readonly FanOut[];
};

/** What measuring needs. */
export type FanOutPlan = {
  readonly sizes: Sizes;
  readonly concurrencies: readonly number[];
  readonly file: string;
  readonly certificateFile: string;
  readonly url: string;
  readonly random: Random;
  readonly quota?: Quota;
};

/**
 * Fan-outs from one warm process, the concurrencies in an order drawn anew in each round, so that whatever else the
 * machine does falls on all alike. What each does first opens its sockets, and doesn't count.
 */
export async function measureFanOuts(plan: FanOutPlan): Promise<readonly FanOutSamples[]> {
  const { url, concurrencies, sizes } = plan;
  const sender = await Sender.start(plan.file, plan.certificateFile, plan.quota);
  const job = { url, region: 'us-east-1' };
  try {
    for (const concurrency of concurrencies) await sender.fanOut({ ...job, concurrency, recipients: 1000 });
    const samples = sizes.flatMap(({ recipients, repeats }) =>
      concurrencies.map((concurrency) => ({ recipients, repeats, concurrency, fanOuts: [] as FanOut[] })),
    );
    const rounds = Math.max(...sizes.map(({ repeats }) => repeats));
    for (let round = 0; round < rounds; round++) {
      const due = samples.filter(({ repeats }) => round < repeats);
      for (const { recipients, concurrency, fanOuts } of shuffled(due, plan.random))
        fanOuts.push(await sender.fanOut({ ...job, recipients, concurrency }));
    }
    return samples.map(({ recipients, concurrency, fanOuts }) => ({ recipients, concurrency, fanOuts }));
  } finally {
    await sender.end();
  }
}

/** Fisher and Yates' way. */
function shuffled<Value>(values: readonly Value[], random: Random): readonly Value[] {
  const left = [...values];
  return values.flatMap(() => left.splice(random.below(left.length), 1));
}
