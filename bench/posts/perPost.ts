import type { Quota } from '../lambda/quota.ts';
import type { FanOut } from './job.ts';
import { type BundledWay, Sender } from './Sender.ts';

/** What one way takes: processes of its own, each with a first fan-out and then more. */
export type WaySamples = {
  readonly way: BundledWay;
  /** Milliseconds until the process was ready for its first fan-out. */
  readonly loadedMs: readonly number[];
  readonly first: readonly FanOut[];
  readonly warm: readonly FanOut[];
};

/** What measuring needs. */
export type WayPlan = {
  readonly ways: readonly BundledWay[];
  readonly processes: number;
  readonly warmFanOuts: number;
  readonly recipients: number;
  readonly concurrency: number;
  readonly certificateFile: string;
  readonly url: string;
  readonly quota?: Quota;
};

/** Measures each way once a round, in turn. The second fan-out of a process is for warming up, and doesn't count. */
export async function measureWays(plan: WayPlan): Promise<readonly WaySamples[]> {
  const all = plan.ways.map((way) => ({
    ...{ way, loadedMs: [] as number[], first: [] as FanOut[], warm: [] as FanOut[] },
  }));
  for (let round = 0; round < plan.processes; round++) {
    for (const samples of all) {
      const startedAtMs = performance.now();
      const sender = await Sender.start(samples.way.file, plan.certificateFile, plan.quota);
      samples.loadedMs.push(performance.now() - startedAtMs);
      const { url, recipients, concurrency } = plan;
      const fanOut = () => sender.fanOut({ url, recipients, concurrency, region: 'us-east-1' });
      try {
        samples.first.push(await fanOut());
        await fanOut();
        for (let n = 0; n < plan.warmFanOuts; n++) samples.warm.push(await fanOut());
      } finally {
        await sender.end();
      }
    }
  }
  return all;
}
