import { expect, it } from 'vitest';
import { tokenIn } from './server.ts';

it.each([
  ['a.b.c', 'a.b.c'],
  ['{"token":"a.b.c"}', 'a.b.c'],
  ['', undefined],
  ['{"error":"who are you?"}', undefined],
])('reads from %j the token %j', (body, token) => {
  expect(tokenIn(body)).toBe(token);
});
