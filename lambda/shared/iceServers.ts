import type { IceServer } from '../../src/protocol/frames.ts';
import type { UserId } from '../../src/protocol/ids.ts';
import type { IceConfig } from './iceConfig.ts';

/** Two lives of a connection: whoever renews theirs in time always has credentials that hold. */
const CREDENTIAL_SECONDS = 4 * 3600;

/** What a user's browser is told of STUN and TURN servers, at a time in epoch milliseconds. */
export type IceServers = (userId: UserId, nowMs: number) => Promise<readonly IceServer[]>;

/**
 * Makes the function that gives out ICE servers. The credentials of TURN are made here and never stored: the server
 * makes the same of the name and the secret that it shares. So they hold until the time in the name, for whoever has
 * them: https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00
 */
export function createIceServers({ stunUrls, turn }: IceConfig): IceServers {
  const stun = stunUrls.length > 0 ? [{ urls: stunUrls }] : [];
  return async (userId, nowMs) => {
    if (!turn) return stun;
    const username = `${Math.floor(nowMs / 1000) + CREDENTIAL_SECONDS}:${userId}`;
    return [...stun, { urls: turn.urls, username, credential: await hmacSha1(turn.secret, username) }];
  };
}

/** The HMAC of a text, in base64. */
async function hmacSha1(secret: string, message: string): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const key = await crypto.subtle.importKey('raw', bytes(secret), algorithm, false, ['sign']);
  return Buffer.from(await crypto.subtle.sign('HMAC', key, bytes(message))).toString('base64');
}
