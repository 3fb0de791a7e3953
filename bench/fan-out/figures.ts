import { spreadOf } from '../statistics.ts';
import type { LoadResult } from './generator/job.ts';
import type { Case } from './plan.ts';
import type { Samples } from './rounds.ts';

/** Medians over the rounds of one entrant in one case. */
export type Figures = {
  readonly entrant: string;
  readonly deliveriesPerSecond: number;
  /** The median of the rounds' own ratios to the plain loop. */
  readonly timesPlainLoop: number;
  /** Processor time of the server for one delivery; undefined where the system doesn't tell. */
  readonly serverMicrosecondsPerDelivery: number | undefined;
  /** How many deliveries it makes in the processor time in which the plain loop makes one. */
  readonly timesPlainLoopByProcessor: number | undefined;
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly p50TimesPlainLoop: number | undefined;
  /** Whether the load generator was so busy that its limit may be what was measured. */
  readonly isLimitedByGenerator: boolean;
  /** Of all rounds. */
  readonly missing: number;
  readonly refusals: number;
};

/** Entrants of a case, in the order in which they were measured. */
export type CaseFigures = { readonly case: Case; readonly figures: readonly Figures[] };

const CONTROL = 'plain ws loop';
const BUSY_SHARE = 0.85;

/** The figures of each case. */
export function figuresOf(samples: readonly Samples[]): readonly CaseFigures[] {
  const cases = [...new Set(samples.map(({ case: one }) => nameOf(one)))];
  return cases.flatMap((name) => {
    const rows = samples.filter(({ case: one }) => nameOf(one) === name);
    const one = rows[0]?.case;
    if (!one) return [];
    const control = rows.find(({ entrant }) => entrant.name === CONTROL)?.results ?? [];
    return [{ case: one, figures: rows.map((row) => figuresOfRow(row, control)) }];
  });
}

const nameOf = ({ name, inFlight }: Case): string => `${name}, ${inFlight}`;

function figuresOfRow({ entrant, results }: Samples, control: readonly LoadResult[]): Figures {
  const total = (of: (result: LoadResult) => number) => results.reduce((sum, result) => sum + of(result), 0);
  const p50Ms = medianOf(results.map(({ latenciesMs }) => latenciesMs?.p50));
  return {
    entrant: entrant.name,
    deliveriesPerSecond: medianOf(results.map(perSecondOf)) ?? 0,
    timesPlainLoop: medianOf(ratios(results.map(perSecondOf), control.map(perSecondOf))) ?? Number.NaN,
    serverMicrosecondsPerDelivery: medianOf(results.map(serverMicrosecondsOf)),
    timesPlainLoopByProcessor: medianOf(
      ratios(control.map(serverMicrosecondsOf), results.map(serverMicrosecondsOf)),
    ),
    p50Ms,
    p99Ms: medianOf(results.map(({ latenciesMs }) => latenciesMs?.p99)),
    p50TimesPlainLoop: medianOf(
      ratios(
        results.map(({ latenciesMs }) => latenciesMs?.p50),
        control.map(({ latenciesMs }) => latenciesMs?.p50),
      ),
    ),
    isLimitedByGenerator:
      (medianOf(results.map((one) => one.generatorCpuMs / one.measuredMs)) ?? 0) > BUSY_SHARE,
    missing: total(({ missing }) => missing),
    refusals: total(({ refusals }) => refusals),
  };
}

/** Deliveries in a second of the measured time. */
export const perSecondOf = ({ delivered, measuredMs }: LoadResult): number => (1000 * delivered) / measuredMs;

const serverMicrosecondsOf = ({ serverCpuMs, delivered }: LoadResult): number | undefined =>
  serverCpuMs === undefined || delivered === 0 ? undefined : (1000 * serverCpuMs) / delivered;

/** The middle of those figures that there are. */
export function medianOf(figures: readonly (number | undefined)[]): number | undefined {
  const known = figures.filter((figure) => figure !== undefined);
  return known.length > 0 ? spreadOf(known).p50 : undefined;
}

const ratios = (
  figures: readonly (number | undefined)[],
  control: readonly (number | undefined)[],
): readonly (number | undefined)[] =>
  figures.map((figure, round) => {
    const other = control[round];
    return figure === undefined || other === undefined ? undefined : figure / other;
  });
