/** Undoes what it was returned for. Harmless when repeated or late. */
export type Cancel = () => void;

/** The time that events are stamped with and limits are counted in. */
export interface Clock {
  /** Epoch milliseconds, for stamps. */
  now(): number;
  /** Milliseconds that never run backwards, for durations. */
  elapsedMs(): number;
  /** Runs a function once, when so many elapsed milliseconds have passed. Doesn't keep the process alive. */
  after(delayMs: number, run: () => void): Cancel;
}

/**
 * The machine's clock. With a `scale` of 60, durations pass sixty times as fast: ten idle minutes in ten seconds;
 * stamps stay true.
 */
export function createClock(scale = 1): Clock {
  return {
    now: Date.now,
    elapsedMs: () => performance.now() * scale,
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs / scale).unref();
      return () => clearTimeout(timer);
    },
  };
}
