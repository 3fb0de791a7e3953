import type { Kind } from './estimate.ts';

/** Signals for each pair of people: an offer, an answer, and nine candidates each way. */
const SIGNALS_A_PAIR = 20;

/** As many as it takes until everyone is connected to everyone once. */
export const meshSignals = (people: number): number => (SIGNALS_A_PAIR * people * (people - 1)) / 2;

/** What bench/README.md shows, and the defaults. */
export const example: Kind = {
  ...{ people: 8, minutes: 45, chatsPerMinute: 4, signals: meshSignals(8) },
  ...{ updatesPerPerson: 4, meetingsPerMonth: 1000 },
};
