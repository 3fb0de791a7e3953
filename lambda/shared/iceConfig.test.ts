import { expect, it } from 'vitest';
import { readIceConfig } from './iceConfig.ts';

const TURN_SECRET = 'secret';

it('reads addresses, and nothing where there is none', () => {
  expect(readIceConfig({})).toEqual({ stunUrls: [], turn: undefined });
  expect(readIceConfig({ STUN_URLS: 'stun:a.example', TURN_URLS: 'turn:b:3478', TURN_SECRET })).toEqual({
    stunUrls: ['stun:a.example'],
    turn: { urls: ['turn:b:3478'], secret: TURN_SECRET },
  });
});

it.each([
  [{ STUN_URLS: 'stun.example.com' }, 'STUN_URLS must be addresses such as stun:'],
  [{ STUN_URLS: 'turn:turn.example.com' }, 'STUN_URLS must be'],
  [{ STUN_URLS: 'stun:a.example,https://b.example' }, 'but one is "https://b.example"'],
  [{ TURN_URLS: 'turn:a.example?transport=sctp', TURN_SECRET }, 'TURN_URLS must be addresses such as turn:'],
  [{ TURN_URLS: 'turn:a.example' }, 'TURN_SECRET must be set with TURN_URLS'],
  [{ TURN_SECRET }, 'TURN_URLS must be set with TURN_SECRET'],
])('refuses %j and says what to write', (env, message) => {
  expect(() => readIceConfig(env)).toThrow(message);
});
