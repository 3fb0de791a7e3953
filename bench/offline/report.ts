import { table } from '../markdown.ts';
import { spreadOf } from '../statistics.ts';
import { behaviours } from './behaviours.ts';
import { loads, type Rate } from './load.ts';

/** What was found of one gateway: of each round its start and its rates, and what each behaviour looked like. */
export type Found = {
  readonly name: string;
  readonly rounds: { readonly startedInMs: number; readonly rates: readonly Rate[] }[];
  observed: readonly string[];
};

const median = (figures: readonly number[]): number => spreadOf(figures).p50;

/** Medians of the rounds, in Markdown. */
export function ratesTable(all: readonly Found[]): string {
  const rows = all.map(({ name, rounds }) => [
    name,
    median(rounds.map(({ startedInMs }) => startedInMs)).toFixed(0),
    ...loads.map((_, index) => {
      const rates = rounds.flatMap(({ rates }) => rates[index] ?? []);
      const perSecond = Math.round(median(rates.map((rate) => rate.perSecond))).toLocaleString('en');
      return `${perSecond} (${median(rates.map(({ p50Ms }) => p50Ms)).toFixed(2)} ms)`;
    }),
  ]);
  return table(
    ['', 'listens after, ms', ...loads.map(({ route, inFlight }) => `${route}, ${inFlight} in flight`)],
    rows,
  );
}

/** What each did, and whether that is right, in Markdown. */
export function behavioursTable(all: readonly Found[]): string {
  const rows = behaviours.map(({ rule, what, right }, index) => [
    ...[rule, what, code(right)],
    ...all.map(({ observed }) => {
      const seen = observed[index] ?? 'not observed';
      return seen === right ? 'the same' : code(seen);
    }),
  ]);
  return table(['rule', '', 'API Gateway', ...all.map(({ name }) => name)], rows);
}

const code = (text: string): string => (text.startsWith('{') ? `\`${text}\`` : text);
