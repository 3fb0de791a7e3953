import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../lambda/shared/variables.ts';
import { createSourceOf, readTrustedProxies } from './proxies.ts';

type Given = { readonly from: string; readonly for?: string | undefined; readonly proto?: string };

/** Where a request is said to come from. */
function sourceOf(trustProxy: string, { from, for: forwardedFor, proto }: Given) {
  const headers = {
    ...(forwardedFor !== undefined && { 'x-forwarded-for': forwardedFor }),
    ...(proto !== undefined && { 'x-forwarded-proto': proto }),
  };
  const request = { socket: { remoteAddress: from }, headers } as unknown as IncomingMessage;
  return createSourceOf(readTrustedProxies({ TRUST_PROXY: trustProxy }))(request);
}

describe('where a request comes from', () => {
  it.each([
    ['off', '203.0.113.7', undefined, '203.0.113.7'],
    ['off', '203.0.113.7', '192.0.2.1', '203.0.113.7'],
    ['', '::ffff:203.0.113.7', '192.0.2.1', '203.0.113.7'],
    ['1', '10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['1', '10.0.0.1', 'forged, 192.0.2.1, 203.0.113.7', '203.0.113.7'],
    ['1', '10.0.0.1', undefined, '10.0.0.1'],
    ['1', '10.0.0.1', '', '10.0.0.1'],
    ['1', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['1', '10.0.0.1', '192.0.2.1, unknown', '10.0.0.1'],
    ['2', '10.0.0.1', '192.0.2.1, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
    ['2', '10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['2', '10.0.0.1', 'unknown, 10.0.0.2', '10.0.0.2'],
    ['10.0.0.0/8', '10.0.0.1', '192.0.2.1, 203.0.113.7, 10.0.0.2, 10.9.9.9', '203.0.113.7'],
    ['10.0.0.0/8', '::ffff:10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['10.0.0.0/8', '203.0.113.9', '192.0.2.1, 10.0.0.2', '203.0.113.9'],
    ['10.0.0.0/8', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['127.0.0.1, ::1', '::1', '203.0.113.7, 127.0.0.1', '203.0.113.7'],
    ['127.0.0.1', '127.0.0.2', '203.0.113.7', '127.0.0.2'],
    ['2001:db8::/32', '2001:db8::1', '2001:db9::7', '2001:db9::7'],
    ['1', '10.0.0.1', '203.0.113.7:4711', '203.0.113.7'],
    ['1', '10.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['1', '10.0.0.1', '[2001:db8::7]', '2001:db8::7'],
    ['1', '10.0.0.1', '::ffff:203.0.113.7', '203.0.113.7'],
  ])('with TRUST_PROXY=%s, from %s and X-Forwarded-For: %s is %s', (trustProxy, from, forwarded, address) => {
    expect(sourceOf(trustProxy, { from, for: forwarded }).address).toBe(address);
  });

  it('is the same whatever a client writes into X-Forwarded-For itself', () => {
    const written = ['', 'x, ', '10.0.0.1, ', '127.0.0.1, 10.0.0.9, ', ', ,', '203.0.113.7, 203.0.113.7, '];
    for (const trustProxy of ['1', '10.0.0.1']) {
      for (const forged of written) {
        const told = { from: '10.0.0.1', for: `${forged}198.51.100.1` };
        expect(sourceOf(trustProxy, told), forged).toMatchObject({ address: '198.51.100.1', forwarded: 1 });
      }
    }
  });

  it('is told with the protocol by a proxy that is trusted, and by no other', () => {
    const proto = 'http, https';
    expect(sourceOf('1', { from: '10.0.0.1', proto }).protocol).toBe('https');
    expect(sourceOf('10.0.0.1', { from: '10.0.0.1', proto: 'HTTPS' }).protocol).toBe('https');
    expect(sourceOf('10.0.0.1', { from: '10.0.0.1', proto: 'gopher' }).protocol).toBe('http');
    expect(sourceOf('10.0.0.1', { from: '10.0.0.2', proto }).protocol).toBe('http');
    expect(sourceOf('off', { from: '10.0.0.1', proto }).protocol).toBe('http');
  });
});

describe('TRUST_PROXY', () => {
  it.each([
    'on',
    'true',
    '0',
    '10',
    '-1',
    '10.0.0.0/33',
    '0.0.0.0/0',
    '::/0',
    '10.0.0',
    'proxy',
    '127.0.0.1,',
  ])('is not %s', (value) => {
    const read = () => readTrustedProxies({ TRUST_PROXY: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^TRUST_PROXY must be off, the number of proxies .*, but is "/);
  });
});
