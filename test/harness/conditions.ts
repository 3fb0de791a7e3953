import { expect } from 'vitest';
import type { Chaos } from '../../src/gateway/chaos.ts';
import { type Random, seededRandom, seedOfRun } from './random.ts';

/** What is troubled, and how much: the gateway's routes as `withChaos` takes it, and the store. */
export type Trouble = {
  readonly gateway: Omit<Chaos, 'random' | 'clock'>;
  readonly store?: StoreTrouble;
};

/** How a store is troubled: each request waits by itself, and may meet something that passes. */
export type StoreTrouble = {
  readonly delayMs: number;
  /** Of requests that have met nothing so far, from 0 to 1. */
  readonly failing: number;
  /** With what: errors and lost answers, or answers that never come and connections that stay. Errors by default. */
  readonly by?: 'errors' | 'silence';
};

/** What the protocol's tests meet under `CONDITIONS=chaos`: all that no rule takes away the promise for. */
const passing: Trouble = {
  gateway: { doubleDisconnect: 0.4, delayDisconnectMs: 80, delayMessagesMs: 25 },
  store: { delayMs: 12, failing: 0.1 },
};

/**
 * For what has a time limit that a store on a bad day may need longer than, and for what counts lines of the log: where
 * changes meet, or the store fails, seqs are given up, and the log has voids (LG7).
 */
export const noTrouble: Trouble = { gateway: {} };

/** What tests meet that ask for nothing else; `npm run test:lambda` runs them both ways. */
export const usualTrouble: Trouble | undefined = process.env.CONDITIONS === 'chaos' ? passing : undefined;

/** A source of chance of the current test's own: the same for the same `SEED` and name, whatever else runs. */
export function chanceOfTest(): Random {
  const name = expect.getState().currentTestName ?? '';
  const mixed = [...name].reduce(
    (hash, letter) => Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0),
    seedOfRun(),
  );
  return seededRandom(mixed);
}
