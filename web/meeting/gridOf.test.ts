import { describe, expect, it } from 'vitest';
import { gridOf } from './gridOf.ts';

const shape = (count: number, width: number, height: number) => {
  const { columns, rows } = gridOf({ count, width, height, gap: 8 });
  return `${columns}x${rows}`;
};

describe('gridOf', () => {
  it.each([
    [1, '1x1'],
    [2, '2x1'],
    [3, '2x2'],
    [4, '2x2'],
    [5, '3x2'],
    [6, '3x2'],
    [7, '3x3'],
    [9, '3x3'],
  ])('lays %i out on a wide screen as %s', (count, expected) => {
    expect(shape(count, 1280, 680)).toBe(expected);
  });

  it.each([
    [1, '1x1'],
    [2, '1x2'],
    [4, '2x2'],
    [6, '2x3'],
    [9, '2x5'],
  ])('lays %i out on a phone held upright as %s', (count, expected) => {
    expect(shape(count, 374, 640)).toBe(expected);
  });

  it('keeps tiles inside the room, and in shape, for whatever room', () => {
    for (let count = 1; count <= 9; count++) {
      for (const [width, height] of [
        [320, 500],
        [390, 700],
        [900, 300],
        [1920, 1000],
        [500, 500],
      ] as const) {
        const { columns, rows, tileWidth, tileHeight } = gridOf({ count, width, height, gap: 8 });
        expect(columns * rows).toBeGreaterThanOrEqual(count);
        expect(columns * tileWidth + 8 * (columns - 1)).toBeLessThanOrEqual(width);
        expect(rows * tileHeight + 8 * (rows - 1)).toBeLessThanOrEqual(height);
        const ratio = tileWidth / tileHeight;
        expect(ratio).toBeGreaterThan(width >= height ? 1.3 : 0.73);
        expect(ratio).toBeLessThan(1.8);
      }
    }
  });

  it('has sizes of nothing where there is no room yet', () => {
    expect(gridOf({ count: 3, width: 0, height: 0, gap: 8 })).toMatchObject({ tileWidth: 0, tileHeight: 0 });
  });
});
