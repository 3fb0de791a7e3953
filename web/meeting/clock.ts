import type { Clock } from '../../src/client/index.ts';

/** The machine's clock. */
export const pageClock: Clock = {
  now: () => Date.now(),
  elapsedMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Runs a function again and again, so many milliseconds after it was done. Returns what ends that. */
export function repeat(clock: Clock, everyMs: number, run: () => void | Promise<void>): () => void {
  let state: 'running' | 'stopped' = 'running';
  let cancel = clock.after(everyMs, again);
  async function again(): Promise<void> {
    await run();
    if (state === 'running') cancel = clock.after(everyMs, again);
  }
  return () => {
    state = 'stopped';
    cancel();
  };
}
