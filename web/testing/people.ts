import type { Person } from '../meeting/people.ts';

/** Somebody who is there and shares nothing, but for what a test says of them. */
export function aPerson(given: Partial<Person> & { readonly name: string }): Person {
  const { name } = given;
  return {
    ...{ key: name, userId: name.toLowerCase(), role: 'participant', place: 'other', state: 'here' },
    ...{ stream: undefined, quality: 'good', voice: 'silent', spokeAtMs: 0 },
    joinedAt: '2026-11-22T08:00:00.000Z',
    shares: { microphone: false, camera: false, screen: false, hand: false },
    ...given,
  };
}

/** Attributes of somebody who shares this alone. */
export const sharing = (what: keyof Person['shares']): Person['shares'] => ({
  ...{ microphone: false, camera: false, screen: false, hand: false },
  [what]: true,
});
