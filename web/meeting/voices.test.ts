import { expect, it } from 'vitest';
import { hear, loudnessOf } from './voices.ts';

it('notes who speaks, and forgets nobody', () => {
  const heard = hear(
    new Map([['alice', 100]]),
    new Map([
      ['bob', 0.3],
      ['carol', 0.001],
    ]),
    200,
  );
  expect([...heard]).toEqual([
    ['alice', 100],
    ['bob', 200],
  ]);
});

it('is the same map while all are silent', () => {
  const before = new Map([['alice', 100]]);
  expect(hear(before, new Map([['alice', 0]]), 200)).toBe(before);
});

it('measures loudness as root mean square', () => {
  expect(loudnessOf(new Float32Array([0.5, -0.5]))).toBe(0.5);
  expect(loudnessOf(new Float32Array(0))).toBe(0);
});
