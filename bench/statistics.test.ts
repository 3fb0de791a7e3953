import { describe, expect, it } from 'vitest';
import { spreadOf } from './statistics.ts';

describe('spreadOf', () => {
  it('takes the middle and the outer tenths, whatever the order', () => {
    expect(spreadOf([9, 1, 3, 2, 4, 5, 10, 7, 8, 6, 0])).toEqual({ p10: 1, p50: 5, p90: 9 });
  });

  it('goes between two figures where none is at the place', () => {
    expect(spreadOf([10, 20])).toEqual({ p10: 11, p50: 15, p90: 19 });
  });

  it('has nothing to say of nothing', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});
