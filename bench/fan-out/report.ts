import { type CaseFigures, type Figures, figuresOf, medianOf, perSecondOf } from './figures.ts';
import type { Held } from './held.ts';
import type { Ceiling, Resting } from './resting.ts';
import type { Samples } from './rounds.ts';

/** All that one run has measured. */
export type Run = {
  readonly measuredAt: string;
  readonly machine: {
    readonly node: string;
    readonly platform: string;
    readonly processors: number;
    readonly model: string;
  };
  /** Processes that were ready to run, on an average of the last minute: before and after. */
  readonly loadAverages: readonly number[];
  readonly rounds: number;
  readonly samples: readonly Samples[];
  readonly resting: readonly Resting[];
  /** Runs from before this was measured have none. */
  readonly held?: Held;
  readonly ceilings: readonly Ceiling[];
};

/** Everything, as Markdown. */
export function reportOf(run: Run): string {
  const cases = figuresOf(run.samples);
  return [
    whereAndWhen(run),
    `Deliveries a second at saturation, 16 messages in flight a sender; in parentheses how many times the plain loop's:`,
    saturationTable(cases),
    "Processor time of the server for one delivery at saturation, in microseconds; in parentheses how many deliveries it makes in the plain loop's time for one:",
    tableOf(atSaturation(cases), processorTime),
    "Latency with one message in flight a sender, in milliseconds: p50 and p99, and how many times the plain loop's p50:",
    tableOf(oneInFlight(cases), latency),
    'Without load:',
    restingTable(run.resting),
    ...heldOf(run),
    'What the load generator takes from a server that only writes frames it has made before, to 100 connections:',
    ceilingTable(run.ceilings),
    ...lossesOf(cases),
  ].join('\n\n');
}

/** The table of a run that says most, with when and where. */
export function summaryOf(run: Run): string {
  const cases = figuresOf(run.samples);
  return [
    "Deliveries a second at saturation (how many times the plain loop's):",
    saturationTable(cases),
    whereAndWhen(run),
  ].join('\n\n');
}

/** The cases with more than one message in flight. */
export const atSaturation = (cases: readonly CaseFigures[]): readonly CaseFigures[] =>
  cases.filter(({ case: { inFlight } }) => inFlight > 1);

const oneInFlight = (cases: readonly CaseFigures[]): readonly CaseFigures[] =>
  cases.filter(({ case: { inFlight } }) => inFlight === 1);

function whereAndWhen({ measuredAt, machine, loadAverages, rounds }: Run): string {
  const { node, platform, processors, model } = machine;
  const [before, after] = loadAverages.map((load) => load.toFixed(1));
  return `Measured on ${measuredAt.slice(0, 10)}, ${rounds === 1 ? 'one round' : `medians of at most ${rounds} rounds`}; Node ${node.slice(1)} on ${platform}, ${processors} processors (${model}), load average ${before} before and ${after} after.`;
}

function saturationTable(cases: readonly CaseFigures[]): string {
  const rows = atSaturation(cases);
  const isLimited = rows.some(({ figures }) => figures.some((one) => one.isLimitedByGenerator));
  const footnote = '† The load generator took most of a processor: the server may be able to do more.';
  return `${tableOf(rows, throughput)}${isLimited ? `\n\n${footnote}` : ''}`;
}

const throughput = ({ deliveriesPerSecond, timesPlainLoop, isLimitedByGenerator }: Figures): string =>
  `${thousands(deliveriesPerSecond)}${isLimitedByGenerator ? '†' : ''} (${timesPlainLoop.toFixed(1)}×)`;

const processorTime = ({ serverMicrosecondsPerDelivery, timesPlainLoopByProcessor }: Figures): string =>
  serverMicrosecondsPerDelivery === undefined
    ? '–'
    : `${serverMicrosecondsPerDelivery.toFixed(2)} (${timesPlainLoopByProcessor?.toFixed(1)}×)`;

const latency = ({ p50Ms, p99Ms, p50TimesPlainLoop }: Figures): string =>
  p50Ms === undefined || p99Ms === undefined
    ? '–'
    : `${p50Ms.toFixed(2)}, ${p99Ms.toFixed(1)} (${p50TimesPlainLoop?.toFixed(2)}×)`;

function restingTable(resting: readonly Resting[]): string {
  const control = resting.find(({ name }) => name === 'plain ws loop');
  const rows = resting.map(({ name, startsMs, bytesPerConnection, idleConnections }) => [
    name,
    medianOf(startsMs)?.toFixed(0) ?? '–',
    bytesPerConnection === undefined ? '–' : (bytesPerConnection / 1000).toFixed(1),
    bytesPerConnection === undefined || !control?.bytesPerConnection
      ? '–'
      : `${(bytesPerConnection / control.bytesPerConnection).toFixed(2)}×`,
    idleConnections.toLocaleString('en'),
  ]);
  const head = ['', 'listens after, ms', 'KB an idle connection', "the plain loop's", 'idle connections'];
  return markdown(head, rows);
}

function heldOf({ held }: Run): readonly string[] {
  if (!held) return [];
  const { connections, residentBytes, openFilesLimit } = held;
  const memory = residentBytes === undefined ? '' : ` in ${Math.round(residentBytes / 1e6)} MB`;
  const limit =
    openFilesLimit === undefined ? '' : `, with a limit of ${openFilesLimit.toLocaleString('en')} open files`;
  return [`One process of CloudMeetX held ${connections.toLocaleString('en')} connections${memory}${limit}.`];
}

function ceilingTable(ceilings: readonly Ceiling[]): string {
  const rows = ceilings.map(({ framesPerWrite, result }) => [
    String(framesPerWrite),
    thousands(perSecondOf(result)),
    thousands((1000 * result.delivered) / result.generatorCpuMs),
  ]);
  return markdown(['frames in a write', 'frames a second', 'for each second of its processor time'], rows);
}

function lossesOf(cases: readonly CaseFigures[]): readonly string[] {
  return cases.flatMap(({ case: { name, inFlight }, figures }) =>
    figures
      .filter(({ missing, refusals }) => missing > 0 || refusals > 0)
      .map(({ entrant, missing, refusals }) => {
        return `**${entrant}, ${name}, ${inFlight} in flight: ${missing} deliveries missing, ${refusals} messages refused.**`;
      }),
  );
}

function tableOf(cases: readonly CaseFigures[], cell: (figures: Figures) => string): string {
  const entrants = [...new Set(cases.flatMap(({ figures }) => figures.map(({ entrant }) => entrant)))];
  const rows = cases.map(({ case: { name }, figures }) => [
    name,
    ...entrants.map((entrant) => {
      const own = figures.find((one) => one.entrant === entrant);
      return own ? cell(own) : '';
    }),
  ]);
  return markdown(['', ...entrants], rows);
}

function thousands(figure: number): string {
  return figure >= 999_500
    ? `${(figure / 1e6).toFixed(2)} M`
    : `${(figure / 1000).toFixed(figure < 10_000 ? 1 : 0)} k`;
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
