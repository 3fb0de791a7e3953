import { expect, it } from 'vitest';
import { createIds } from './ids.ts';

const bytesOf = (id: string) => [...Buffer.from(id, 'base64url')];

it('makes ids that are 15 characters of base64url and a "=", and 11 bytes', () => {
  const ids = createIds();
  const connectionId = ids.connectionId();

  for (const id of [connectionId, ids.requestId(), ids.messageIds(connectionId)()]) {
    expect(id).toMatch(/^[A-Za-z0-9_-]{15}=$/);
    expect(bytesOf(id)).toHaveLength(11);
  }
});

it('marks connectionIds with 2 and requestIds with 5 in byte 8', () => {
  const ids = createIds((size) => new Uint8Array(size).fill(0xff));

  expect(bytesOf(ids.connectionId())).toEqual([...Array(8).fill(0xff), 2, 0xff, 0xff]);
  expect(bytesOf(ids.requestId())).toEqual([...Array(8).fill(0xff), 5, 0xff, 0xff]);
});

it('ends a messageId with the last four bytes of its connectionId', () => {
  const ids = createIds((size) => new Uint8Array(size).fill(0xff));

  expect(bytesOf(ids.messageIds('PJqB0fHsqRcCHlw=')())).toEqual([
    ...Array(7).fill(0xff),
    ...bytesOf('PJqB0fHsqRcCHlw=').slice(-4),
  ]);
});

it('writes a trace id as version, epoch seconds and 96 random bits', () => {
  const ids = createIds((size) => new Uint8Array(size).fill(0xab));

  expect(ids.traceId(Date.UTC(2024, 1, 19, 7, 28, 30, 999))).toBe(`Root=1-65d3031e-${'ab'.repeat(12)}`);
});

it('repeats none of a thousand ids', () => {
  const ids = createIds();
  const made = Array.from({ length: 1000 }, () => [
    ids.connectionId(),
    ids.requestId(),
    ids.messageIds('PJqB0fHsqRcCHlw=')(),
  ]);

  expect(new Set(made.flat()).size).toBe(3000);
});
