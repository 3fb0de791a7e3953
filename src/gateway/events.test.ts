import { expect, it } from 'vitest';
import { commonLogTime } from './events.ts';

it.for([
  [Date.UTC(2023, 10, 29, 8, 4, 1, 999), '29/Nov/2023:08:04:01 +0000'],
  [Date.UTC(2024, 1, 29, 23, 59, 59), '29/Feb/2024:23:59:59 +0000'],
  [Date.UTC(2026, 0, 1), '01/Jan/2026:00:00:00 +0000'],
] as const)('writes %i as %s in Common Log Format', ([ms, expected]) => {
  expect(commonLogTime(ms)).toBe(expected);
});
