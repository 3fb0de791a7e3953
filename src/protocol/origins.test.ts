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
