import { expect, it } from 'vitest';
import { ManualClock } from '../../test/harness/ManualClock.ts';
import { TokenBucket } from './TokenBucket.ts';

/** Takes tokens until there are none. */
function takeAll(bucket: TokenBucket): number {
  let taken = 0;
  while (bucket.take() === 'granted') taken++;
  return taken;
}

it('grants a burst at once, and no more', () => {
  expect(takeAll(new TokenBucket(100, 7, new ManualClock()))).toBe(7);
});

it('grants its rate as time passes', () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(100, 1000, clock);
  takeAll(bucket);

  clock.advance(500);

  expect(takeAll(bucket)).toBe(50);
});

it('adds up parts of a token', () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(4, 1, clock);
  takeAll(bucket);

  const outcomes = [125, 125, 125, 125].map((ms) => {
    clock.advance(ms);
    return bucket.take();
  });

  expect(outcomes).toEqual(['throttled', 'granted', 'throttled', 'granted']);
});

it('saves up no more than a burst', () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(100, 7, clock);

  clock.advance(60_000);

  expect(takeAll(bucket)).toBe(7);
});

it('is not emptied further by asking in vain', () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(1, 1, clock);
  takeAll(bucket);
  for (let asked = 0; asked < 100; asked++) bucket.take();

  clock.advance(1000);

  expect(bucket.take()).toBe('granted');
});
