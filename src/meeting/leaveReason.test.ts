import { expect, it } from 'vitest';
import { leaveReason } from './leaveReason.ts';

it.each([
  [1000, '', 'left'],
  [1000, 'Connection Closed Normally', 'left'],
  [1005, 'Client-side close frame status not set', 'left'],
  [1001, '', 'left'],
  [1001, undefined, 'left'],
  [1001, 'Going away', 'expired'],
  [1001, 'something else', 'connection-lost'],
  [1006, '', 'connection-lost'],
  [1009, '', 'connection-lost'],
  [4000, 'bye', 'connection-lost'],
  [undefined, undefined, 'connection-lost'],
] as const)('a close with %s %j is told as: %s', (code, reason, expected) => {
  expect(leaveReason(code, reason)).toBe(expected);
});
