import { describe, expect, it } from 'vitest';
import { type Issuer, startIssuer } from '../../test/harness/issuer.ts';
import { handmadeToken, secretToken, tampered } from '../../test/harness/tokens.ts';
import { userPoolIdOf } from './checkCognito.ts';
import { createVerifier } from './createVerifier.ts';
import { KeysUnavailable } from './KeyService.ts';

const pool = 'eu-central-1_Ab12Cd34E';
const iss = `https://cognito-idp.eu-central-1.amazonaws.com/${pool}`;
const names = { userId: 'sub', userName: 'name', role: 'custom:role', meetingId: 'custom:meetingId' };
const idToken = {
  iss,
  aud: 'app-1',
  token_use: 'id',
  sub: 'alice-id',
  'cognito:username': 'alice',
  exp: 4_000_000_000,
};
const accessToken = {
  iss,
  client_id: 'app-2',
  token_use: 'access',
  sub: 'alice-id',
  username: 'alice',
  exp: 4_000_000_000,
};

const refusedFor = (reason: string) => ({ outcome: 'refused', reason });

async function start(): Promise<{ issuer: Issuer; verify: (token: string) => Promise<unknown> }> {
  const issuer = await startIssuer();
  const verifier = createVerifier(
    {
      keys: { kind: 'jwks', jwksUri: issuer.jwksUri },
      issuer: iss,
      audience: ['app-1', 'app-2'],
      claims: names,
    },
    { now: Date.now, fetch },
  );
  return { issuer, verify: (token) => verifier.verify(token) };
}

describe('a verifier of a Cognito user pool', () => {
  it.each([
    [
      'an ID token',
      { ...idToken, name: 'Alice Adams', 'custom:role': 'host' },
      { userName: 'Alice Adams', role: 'host' },
    ],
    ['an ID token without a name', idToken, { userName: 'alice', role: 'participant' }],
    ['an access token', accessToken, { userName: 'alice', role: 'participant' }],
  ])('takes %s', async (_name, says, identity) => {
    const { issuer, verify } = await start();
    expect(await verify(issuer.sign(says))).toEqual({
      outcome: 'verified',
      identity: { userId: 'alice-id', meetingId: undefined, ...identity },
    });
    await verify(issuer.sign(says));
    expect(issuer.requests).toEqual(['/keys']);
  });

  it.each([
    ['expired', { exp: 1_700_000_000 }],
    ['no-expiry', { exp: undefined }],
    ['not-yet-valid', { nbf: 3_900_000_000 }],
    ['wrong-issuer', { iss: iss.replace(pool, 'eu-central-1_Other') }],
    ['wrong-issuer', { iss: undefined }],
    ['wrong-audience', { aud: 'another-app' }],
    ['wrong-audience', { aud: undefined, client_id: 'app-1' }],
    ['wrong-token-use', { token_use: 'refresh' }],
    ['malformed', { exp: 'tomorrow' }],
  ])('refuses as %s what says %j', async (reason, says) => {
    const { issuer, verify } = await start();
    expect(await verify(issuer.sign({ ...idToken, ...says }))).toEqual(refusedFor(reason));
  });

  it('refuses what the pool did not sign', async () => {
    const { issuer, verify } = await start();
    expect(await verify(tampered(issuer.sign(idToken), { sub: 'bob' }))).toEqual(refusedFor('bad-signature'));
    const byPublicKey = secretToken(idToken, issuer.publicKey, { kid: 'RS256-working' });
    expect(await verify(byPublicKey)).toEqual(refusedFor('algorithm-not-allowed'));
    for (const signature of ['', 'AAAA']) {
      const unsigned = handmadeToken({ alg: 'none', kid: 'RS256-working' }, idToken, () => signature);
      expect(await verify(unsigned)).toMatchObject({ outcome: 'refused' });
    }
    for (const token of ['', 'garbage', 'a.b.c'])
      expect(await verify(token)).toEqual(refusedFor('malformed'));
  });

  it('does not fetch for each unknown key', async () => {
    const { issuer, verify } = await start();
    await verify(issuer.sign(idToken));
    for (let kid = 0; kid < 50; kid++) {
      expect(await verify(issuer.sign(idToken, { kid: `unknown-${kid}` }))).toEqual(
        refusedFor('unknown-key'),
      );
    }
    expect(await verify(handmadeToken({ alg: 'RS256' }, idToken, () => 'AAAA'))).toEqual(
      refusedFor('unknown-key'),
    );
    // The first unknown key may be a new one.
    expect(issuer.requests).toEqual(['/keys', '/keys']);
  });

  it('takes a new key of the pool', async () => {
    const { issuer, verify } = await start();
    await verify(issuer.sign(idToken));
    issuer.state = 'changed';
    expect(await verify(issuer.sign(idToken, { kid: 'RS256-changed' }))).toMatchObject({
      outcome: 'verified',
    });
  });

  it('rejects while the keys can not be had', async () => {
    const { issuer, verify } = await start();
    issuer.state = 'failing';
    for (let count = 0; count < 3; count++) {
      await expect(verify(issuer.sign(idToken))).rejects.toThrow(KeysUnavailable);
    }
    expect(issuer.requests).toEqual(['/keys']);
  });

  it('is told by its issuer', () => {
    expect(userPoolIdOf(iss)).toBe(pool);
    for (const other of [
      'https://cognito-idp.eu-central-1.amazonaws.com/us-east-1_Ab12Cd34E',
      `https://cognito-idp.eu-central-1.amazonaws.com.example/${pool}`,
      `https://example.com/${pool}`,
    ]) {
      expect(userPoolIdOf(other)).toBeUndefined();
    }
  });
});
