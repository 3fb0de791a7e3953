/** A source of chance that repeats itself exactly for the same seed. */
export type Random = {
  /** 0 ≤ number < 1. */
  next(): number;
  /** A whole number from 0 to below. */
  below(limit: number): number;
  /** One of these. */
  pick<Value>(values: readonly Value[]): Value;
};

/** The seed of this run: `SEED` if set, else one made of the clock. Whoever uses it prints it. */
export function seedOfRun(): number {
  return Number(process.env.SEED ?? Date.now() % 2 ** 31);
}

/** Mulberry32: https://github.com/cprosche/mulberry32 describes the generator. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new RangeError('nothing to pick from');
      return value;
    },
  };
}
