import type { Person } from './people.ts';

/** Whom the page shows large, whom in tiles, and how many are not shown. */
export type Tiles = {
  /** Who else shares their screen. One's own, shown large, would show itself. */
  readonly screens: readonly Person[];
  readonly tiles: readonly Person[];
  readonly others: number;
};

/** More videos than this help nobody. */
const MOST_TILES = 9;

/**
 * Chooses who is shown: oneself, those who share a screen, then who spoke last, who raised a hand, who came first. Those
 * who are shown stay in the order in which they came, so that tiles don't jump when somebody speaks.
 */
export function chooseTiles(people: readonly Person[], most: number = MOST_TILES): Tiles {
  const byImportance = [...people].sort(
    (a, b) =>
      importanceOf(b) - importanceOf(a) ||
      b.spokeAtMs - a.spokeAtMs ||
      Number(b.shares.hand) - Number(a.shares.hand) ||
      people.indexOf(a) - people.indexOf(b),
  );
  const chosen = new Set(byImportance.slice(0, most));
  const shown = people.filter((person) => chosen.has(person));
  const screens = shown.filter(({ place, shares }) => place === 'other' && shares.screen);
  return {
    screens,
    tiles: shown.filter((person) => !screens.includes(person)),
    others: people.length - shown.length,
  };
}

const importanceOf = ({ place, shares }: Person) => (place === 'self' ? 2 : shares.screen ? 1 : 0);
