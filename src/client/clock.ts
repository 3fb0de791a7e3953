/** Undoes what it was returned for. Harmless when repeated or late. */
export type Cancel = () => void;

/** The time that a client waits and stamps by. */
export interface Clock {
  /** Epoch milliseconds, for stamps. */
  now(): number;
  /** Milliseconds that never run backwards, for durations. */
  elapsedMs(): number;
  /** Runs a function once, when so many milliseconds have passed. */
  after(delayMs: number, run: () => void): Cancel;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsedMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
