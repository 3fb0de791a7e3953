import { expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const page = new URL('https://meet.example.org/');

it('takes a path for one of the page’s own host, over TLS as the page is', () => {
  expect(parseConfig({ url: '/production', authentication: 'none' }, page)).toEqual({
    url: 'wss://meet.example.org/production',
    authentication: 'none',
    tokenUrl: undefined,
    healthUrl: 'https://meet.example.org/healthz',
  });
});

it('speaks plain WebSocket where the page came by plain HTTP', () => {
  expect(parseConfig({ url: '/production' }, new URL('http://127.0.0.1:3001/')).url).toBe(
    'ws://127.0.0.1:3001/production',
  );
});

it('asks no other host for its health', () => {
  const config = parseConfig({ url: 'wss://api.example.com/prod', tokenUrl: '/token' }, page);
  expect(config).toMatchObject({
    url: 'wss://api.example.com/prod',
    tokenUrl: 'https://meet.example.org/token',
    healthUrl: undefined,
  });
});

it.each([
  [null, 'JSON object'],
  [{}, '"url"'],
  [{ url: '/x', authentication: 'maybe' }, '"authentication"'],
  [{ url: '/x', tokenUrl: 7 }, '"tokenUrl"'],
])('says what is wrong with %j', (given, words) => {
  expect(() => parseConfig(given, page)).toThrow(words);
});
