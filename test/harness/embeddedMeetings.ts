import { EmbeddedMeetings, type EmbeddedMeetingsOptions } from '../../src/embedded/EmbeddedMeetings.ts';

/** Embedded meetings in memory, with boring defaults. */
export function memoryMeetings(given: Partial<EmbeddedMeetingsOptions> = {}): EmbeddedMeetings {
  return new EmbeddedMeetings({
    path: ':memory:',
    historyTtlSeconds: 604_800,
    now: Date.now,
    newId: () => crypto.randomUUID(),
    ...given,
  });
}
