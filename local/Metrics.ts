import { counterNames } from '../src/meeting/metricNames.ts';
import type { CounterName, DurationName, Telemetry } from '../src/meeting/ports.ts';

/** Upper ends, in seconds, of the classes that durations are counted in. */
const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

type Histogram = { readonly counts: number[]; sum: number; total: number };

/** What is known by looking, when it is asked for. */
export type Gauges = { readonly connections: number; readonly memoryBytes: number };

/** Counters and histograms since the start, told as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export class Metrics implements Telemetry {
  /** All from the start on, so that a rate can be taken of the first. */
  readonly #counters = new Map<CounterName, number>(counterNames.map((name) => [name, 0]));
  readonly #histograms: Record<DurationName, Histogram> = {
    FanOutTime: { counts: BUCKETS.map(() => 0), sum: 0, total: 0 },
  };

  count(name: CounterName, amount: number): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + amount);
  }

  time(name: DurationName, durationMs: number): void {
    const seconds = durationMs / 1000;
    const histogram = this.#histograms[name];
    // From the largest class down, since most durations are in all of them or nearly.
    for (let index = BUCKETS.length - 1; index >= 0 && seconds <= (BUCKETS[index] ?? 0); index--) {
      histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
    }
    histogram.sum += seconds;
    histogram.total += 1;
  }

  /** Everything as text. */
  text({ connections, memoryBytes }: Gauges): string {
    const lines = [
      ...[...this.#counters].flatMap(([name, value]) => sample(`${snake(name)}_total`, 'counter', value)),
      ...Object.entries(this.#histograms).flatMap(([name, histogram]) => samplesOf(name, histogram)),
      ...sample('cloudmeetx_connections', 'gauge', connections),
      ...sample('process_resident_memory_bytes', 'gauge', memoryBytes),
    ];
    return `${lines.join('\n')}\n`;
  }
}

const sample = (name: string, type: 'counter' | 'gauge', value: number): readonly string[] => [
  `# TYPE ${name} ${type}`,
  `${name} ${value}`,
];

function samplesOf(name: string, { counts, sum, total }: Histogram): readonly string[] {
  // Prometheus counts time in seconds.
  const base = `${snake(name).replace(/_time$/, '')}_seconds`;
  return [
    `# TYPE ${base} histogram`,
    ...BUCKETS.map((bucket, index) => `${base}_bucket{le="${bucket}"} ${counts[index] ?? 0}`),
    `${base}_bucket{le="+Inf"} ${total}`,
    `${base}_sum ${sum}`,
    `${base}_count ${total}`,
  ];
}

/** `ConnectionsOpened` → `cloudmeetx_connections_opened` */
const snake = (name: string): string =>
  `cloudmeetx${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
