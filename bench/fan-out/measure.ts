import { loadavg } from 'node:os';
import { machine } from '../lambda/machine.ts';
import type { Contestant } from './contestants.ts';
import type { Generator } from './generator/startGenerator.ts';
import { measureHeld } from './held.ts';
import type { Plan } from './plan.ts';
import type { Run } from './report.ts';
import { measureCeiling, measureResting } from './resting.ts';
import { measureRounds, type Started } from './rounds.ts';

/** One run: all contestants, side by side. Ends the processes that it starts, whatever comes. */
export async function measureAll(
  plan: Plan,
  generator: Generator,
  contestants: readonly Contestant[],
): Promise<Run> {
  const measuredAt = new Date().toISOString();
  const [loadBefore = Number.NaN] = loadavg();
  const ceilings = await measureCeiling(generator, plan.measureMs);
  const resting = await measureResting(plan, generator, contestants);
  const held = await measureHeld(plan, generator);
  const started: Started[] = [];
  try {
    for (const contestant of contestants) started.push({ contestant, running: await contestant.start() });
    const samples = await measureRounds(plan, generator, started);
    const [loadAfter = Number.NaN] = loadavg();
    const loadAverages = [loadBefore, loadAfter];
    const { rounds } = plan;
    return { measuredAt, machine: machine(), loadAverages, rounds, samples, resting, held, ceilings };
  } finally {
    for (const { running } of started) await running.stop();
  }
}
