import { describe, expect, it } from 'vitest';
import { aPerson, sharing } from '../testing/people.ts';
import { chooseTiles } from './chooseTiles.ts';

const crowd = (count: number) => [
  aPerson({ name: 'Me', place: 'self' }),
  ...Array.from({ length: count - 1 }, (_, index) => aPerson({ name: `P${index + 1}` })),
];
const namesOf = (people: readonly { readonly name: string }[]) => people.map(({ name }) => name);

describe('chooseTiles', () => {
  it('shows everybody up to nine', () => {
    expect(chooseTiles(crowd(9))).toMatchObject({ screens: [], others: 0, tiles: { length: 9 } });
  });

  it('shows nine of more, and counts the others', () => {
    const { tiles, others } = chooseTiles(crowd(12));
    expect(namesOf(tiles)).toEqual(['Me', 'P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8']);
    expect(others).toBe(3);
  });

  it('brings in who spoke last, in place of who was silent for longest, and leaves the rest where it is', () => {
    const people = crowd(12).map((person) =>
      person.name === 'P11' ? { ...person, spokeAtMs: 5000 } : person,
    );
    expect(namesOf(chooseTiles(people).tiles)).toEqual([
      'Me',
      'P1',
      'P2',
      'P3',
      'P4',
      'P5',
      'P6',
      'P7',
      'P11',
    ]);
  });

  it('keeps oneself, however many speak', () => {
    const people = crowd(12).map((person, index) => ({ ...person, spokeAtMs: index }));
    expect(namesOf(chooseTiles(people).tiles)).toContain('Me');
  });

  it('shows a raised hand rather than who came earlier', () => {
    const people = crowd(12).map((person) =>
      person.name === 'P10' ? { ...person, shares: sharing('hand') } : person,
    );
    expect(namesOf(chooseTiles(people).tiles)).toContain('P10');
  });

  it('takes screens out of the tiles', () => {
    const people = crowd(12).map((person) =>
      person.name === 'P9' ? { ...person, shares: sharing('screen') } : person,
    );
    const { screens, tiles, others } = chooseTiles(people);
    expect(namesOf(screens)).toEqual(['P9']);
    expect(tiles).toHaveLength(8);
    expect(others).toBe(3);
  });
});
