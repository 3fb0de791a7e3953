import { FIRST_DELAY_MS, LONGEST_DELAY_MS } from './timing.ts';

/**
 * The pause before an attempt, in milliseconds: full jitter, so that those who lost their connection together don't come
 * back together. `failures` counts those before it, 0 for the first attempt after a loss.
 */
export function backoffMs(failures: number, random: () => number): number {
  return random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
}
