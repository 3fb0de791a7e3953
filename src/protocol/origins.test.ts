import { describe, expect, it } from 'vitest';
import { allowsOrigin } from './origins.ts';

const ownHost = { kind: 'own-host' } as const;

describe('pages of the own host', () => {
  it.each([
    ['https://meet.example.com', 'meet.example.com', true],
    ['http://meet.example.com:3001', 'meet.example.com:3001', true],
    ['http://192.0.2.1:3001', '192.0.2.1:3001', true],
    ['https://Meet.example.com', 'meet.EXAMPLE.com', true],
    ['http://localhost:5173', 'meet.example.com', true],
    ['http://localhost:5173', undefined, true],
    ['https://meet.example.com:8443', 'meet.example.com', false],
    ['https://evil.test', 'meet.example.com', false],
    ['https://evil.test', undefined, false],
    ['null', 'null', false],
    ['', '', false],
    ['file://', '', false],
    ['ftp://meet.example.com', 'meet.example.com', false],
  ])('of %s at the host %s may connect: %s', (origin, host, verdict) => {
    expect(allowsOrigin(ownHost, { origins: [origin], host })).toBe(verdict);
  });

  it('are no reason to refuse whoever names no origin', () => {
    expect(allowsOrigin(ownHost, { origins: [], host: undefined })).toBe(true);
  });
});

describe('the page that a server has itself', () => {
  const listed = (ownPage?: 'of any host' | 'of loopback') =>
    ({ kind: 'listed', origins: new Set(['https://app.example']), ...(ownPage && { ownPage }) }) as const;

  it.each([
    ['of any host', 'https://meet.example', 'meet.example', true],
    ['of any host', 'https://evil.test', 'meet.example', false],
    ['of any host', 'https://meet.example:444', 'meet.example', false],
    ['of loopback', 'http://127.0.0.1:3001', '127.0.0.1:3001', true],
    ['of loopback', 'http://localhost:3001', 'localhost:3001', true],
    ['of loopback', 'http://localhost:5173', 'localhost:3001', false],
    ['of loopback', 'http://evil.test:3001', 'evil.test:3001', false],
    [undefined, 'http://localhost:3001', 'localhost:3001', false],
    [undefined, 'https://meet.example', 'meet.example', false],
    ['of loopback', 'https://app.example', 'meet.example', true],
  ] as const)('(%s) as %s at the host %s may connect: %s', (ownPage, origin, host, verdict) => {
    expect(allowsOrigin(listed(ownPage), { origins: [origin], host })).toBe(verdict);
  });
});
