/** Durations as they are told: milliseconds below which so many in a hundred were, and the longest. */
export type LatencySummary = Readonly<Record<'p50' | 'p90' | 'p99' | 'max', number | null>>;

/** Buckets grow by this, so that what is told is at most 1 % too high. */
const GROWTH = 1.01;
const SHORTEST_MS = 0.01;

/** Durations, in a few hundred buckets however many there are. */
export class Latencies {
  readonly #buckets: number[] = [];
  #count = 0;
  #maxMs = 0;

  add(durationMs: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(durationMs / SHORTEST_MS) / Math.log(GROWTH)));
    const index = Number.isFinite(bucket) ? bucket : 0;
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#count++;
    this.#maxMs = Math.max(this.#maxMs, durationMs);
  }

  /** Of none there is nothing to tell. */
  summary(): LatencySummary {
    const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => this.#below(share));
    return {
      p50: p50 ?? null,
      p90: p90 ?? null,
      p99: p99 ?? null,
      max: this.#count > 0 ? rounded(this.#maxMs) : null,
    };
  }

  #below(share: number): number | undefined {
    let left = Math.ceil(this.#count * share);
    for (const [index, count = 0] of this.#buckets.entries()) {
      left -= count;
      if (left <= 0 && count > 0) return rounded(Math.min(this.#maxMs, SHORTEST_MS * GROWTH ** index));
    }
    return undefined;
  }
}

/** To hundredths of a millisecond. */
const rounded = (durationMs: number): number => Math.round(durationMs * 100) / 100;
