import type { Target } from './target.ts';

/** One fan-out. */
export type Job = Target & { readonly recipients: number };

/** How it went, by the sending process's own account. */
export type FanOut = {
  readonly tookMs: number;
  /** Of the sending process, its share of system time included. */
  readonly cpuMs: number;
  readonly failed: number;
};
