import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startTestServer } from '../harness/server.ts';

type IceServer = {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
};

const STUN_URLS = 'stun:stun.example.com:3478, stuns:[2001:db8::1]:5349';
const TURN_URLS = 'turn:turn.example.com:3478?transport=udp,turns:turn.example.com:5349';
const TURN_SECRET = 'a secret shared with coturn';

describe('ICE servers', () => {
  it('[IC1] are none unless configured', async () => {
    const server = await startTestServer();
    expect((await server.join('alice')).welcome.iceServers).toEqual([]);
  });

  it('[IC1] of STUN need no credentials', async () => {
    const server = await startTestServer({ STUN_URLS });
    expect((await server.join('alice')).welcome.iceServers).toEqual([
      { urls: ['stun:stun.example.com:3478', 'stuns:[2001:db8::1]:5349'] },
    ]);
  });

  it('[IC2] of TURN come with credentials of the user that last for four hours', async () => {
    const server = await startTestServer({ STUN_URLS, TURN_URLS, TURN_SECRET });
    const usernames: string[] = [];
    for (const userId of ['alice', 'bob:ä']) {
      const { welcome } = await server.join(userId);
      const [, turn] = welcome.iceServers as readonly IceServer[];
      const { username = '', credential } = turn ?? {};
      expect(turn?.urls).toEqual(TURN_URLS.split(','));
      const [expiry] = username.split(':');
      expect(username).toBe(`${expiry}:${userId}`);
      const leftSeconds = Number(expiry) - Date.parse(String(welcome.serverTime)) / 1000;
      expect(Math.abs(leftSeconds - 4 * 3600)).toBeLessThanOrEqual(60);
      expect(credential).toBe(createHmac('sha1', TURN_SECRET).update(username).digest('base64'));
      usernames.push(username);
    }
    expect(new Set(usernames).size).toBe(2);
  });
});
