import type { CounterName, DurationName, Telemetry } from '../meeting/ports.ts';

/** CloudWatch takes no more values of one metric in a line. */
const MOST_VALUES = 100;

/** What writing metrics needs. */
export type EmfOptions = {
  /** In which CloudWatch keeps them. */
  readonly namespace: string;
  /** Takes a line without its line break. */
  readonly write: (line: string) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/**
 * Metrics in CloudWatch's embedded format: one line of the function's log for each invocation that counted anything.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * Without dimensions: each value of one would be a metric of its own, and paid for.
 */
export class EmfTelemetry implements Telemetry {
  readonly #options: EmfOptions;
  readonly #counts = new Map<CounterName, number>();
  readonly #durations = new Map<DurationName, number[]>();

  constructor(options: EmfOptions) {
    this.#options = options;
  }

  count(name: CounterName, amount: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + amount);
  }

  time(name: DurationName, durationMs: number): void {
    const durations = this.#durations.get(name) ?? [];
    if (durations.length < MOST_VALUES) durations.push(durationMs);
    this.#durations.set(name, durations);
  }

  /** Writes what was counted since the last time; nothing if nothing was. */
  flush(): void {
    const metrics = [
      ...[...this.#counts.keys()].map((Name) => ({ Name, Unit: 'Count' })),
      ...[...this.#durations.keys()].map((Name) => ({ Name, Unit: 'Milliseconds' })),
    ];
    if (metrics.length === 0) return;
    const { namespace: Namespace, write, now } = this.#options;
    const directive = { Namespace, Dimensions: [[]], Metrics: metrics };
    const values = Object.fromEntries<number | number[]>([...this.#counts, ...this.#durations]);
    this.#counts.clear();
    this.#durations.clear();
    write(JSON.stringify({ _aws: { Timestamp: now(), CloudWatchMetrics: [directive] }, ...values }));
  }
}
