import type { Interval, SoakPlan, SoakResult } from './soak.ts';

/** A soak that has been, where and when. */
export type SoakRun = {
  readonly measuredAt: string;
  readonly machine: {
    readonly node: string;
    readonly platform: string;
    readonly processors: number;
    readonly model: string;
  };
  readonly plan: SoakPlan;
  readonly result: SoakResult;
  /** Processor time of the load generator. */
  readonly generatorMs: number;
};

/** A soak in Markdown. */
export function reportOf({ measuredAt, machine, plan, result, generatorMs }: SoakRun): string {
  const { node, platform, processors, model } = machine;
  return [
    `Measured on ${measuredAt.slice(0, 10)}, ${plan.seconds / 60} minutes; Node ${node.slice(1)} on ${platform}, ${processors} processors (${model}).`,
    tableOf(
      ['what', 'figure'],
      [
        ['meetings of people', `${plan.meetings} of ${plan.people}`],
        ['messages, acked', `${grouped(result.sent)}, ${grouped(result.acked)}`],
        ['lines that were to be shown, shown', `${grouped(result.expected)}, ${grouped(result.shown)}`],
        ['people who were not shown each line once', grouped(result.wrong)],
        ['connections cut, resumptions that missed nothing', `${grouped(result.cuts)}, ${of(result)}`],
        [
          'messages said again, lines dropped as known, history asked',
          [result.repeats, result.duplicatesDropped, result.histories].map(grouped).join(', '),
        ],
        ['refusals', grouped(result.refusals)],
        ['processor time of server and load generator, s', `${sum(result)}, ${seconds(generatorMs)}`],
      ],
    ),
    tableOf(
      [
        'until',
        'messages',
        'lines shown',
        'p50, ms',
        'p99, ms',
        'longest, ms',
        'cuts',
        'server, MB',
        'server, s',
      ],
      result.intervals.map((interval, index) => rowOf(interval, (index + 1) * plan.intervalSeconds)),
    ),
  ].join('\n\n');
}

const of = ({ recovered, cameBack }: SoakResult) => `${grouped(recovered)} of ${grouped(cameBack)}`;

function rowOf({ sent, shown, latenciesMs, cuts, serverBytes, serverMs }: Interval, untilSeconds: number) {
  const minutes = `${Math.floor(untilSeconds / 60)}:${String(untilSeconds % 60).padStart(2, '0')}`;
  const { p50, p99, most } = latenciesMs;
  return [
    ...[minutes, grouped(sent), grouped(shown), p50.toFixed(1), p99.toFixed(1), most.toFixed(0)],
    ...[grouped(cuts), serverBytes === undefined ? '' : (serverBytes / 1e6).toFixed(0)],
    serverMs === undefined ? '' : seconds(serverMs),
  ];
}

const sum = ({ intervals }: SoakResult) =>
  seconds(intervals.reduce((total, { serverMs = 0 }) => total + serverMs, 0));
const seconds = (ms: number) => (ms / 1000).toFixed(0);
const grouped = (count: number) => count.toLocaleString('en');

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
