import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startIssuer } from '../../test/harness/issuer.ts';
import { aliceClaims, handmadeToken, secretToken, tampered, testSecret } from '../../test/harness/tokens.ts';
import type { Authentication } from './authentication.ts';
import { createVerifier } from './createVerifier.ts';
import { KeysUnavailable } from './KeyService.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 8, 4, 1);
const nowSeconds = NOW_MS / 1000;
const claims = { userId: 'sub', userName: 'name', role: 'role', meetingId: 'meetingId' };

const refusedFor = (reason: string) => ({ outcome: 'refused', reason });
const verifiedAs = (identity: object) => ({
  outcome: 'verified',
  identity: expect.objectContaining(identity),
});

const bySecret = (given: Partial<Authentication> = {}) =>
  createVerifier(
    { keys: { kind: 'secret', secret: testSecret }, issuer: undefined, audience: [], claims, ...given },
    { now: () => NOW_MS, fetch: () => Promise.reject(new Error('a secret needs no fetch')) },
  );

describe('a verifier with a shared secret', () => {
  it('tells of whom a token is', async () => {
    const token = secretToken({ ...aliceClaims, role: 'host', meetingId: 'standup' });
    expect(await bySecret().verify(token)).toEqual({
      outcome: 'verified',
      identity: { userId: 'alice', userName: 'Alice', role: 'host', meetingId: 'standup' },
    });
  });

  it.each([
    ['expired', { ...aliceClaims, exp: nowSeconds - 6 }],
    ['no-expiry', { sub: 'alice' }],
    ['malformed', { ...aliceClaims, exp: 'tomorrow' }],
    ['not-yet-valid', { ...aliceClaims, nbf: nowSeconds + 6 }],
    ['malformed', { ...aliceClaims, nbf: 'tomorrow' }],
    ['unknown-role', { ...aliceClaims, role: 'Observer' }],
    ['unusable-user-id', { exp: aliceClaims.exp }],
    ['unusable-meeting-id', { ...aliceClaims, meetingId: '' }],
  ])('refuses as %s what says %j', async (reason, says) => {
    expect(await bySecret().verify(secretToken(says))).toEqual(refusedFor(reason));
  });

  it('lets clocks differ by five seconds', async () => {
    const says = { ...aliceClaims, exp: nowSeconds - 4, nbf: nowSeconds + 4 };
    expect(await bySecret().verify(secretToken(says))).toEqual(verifiedAs({ userId: 'alice' }));
  });

  it.each(['', '.', '..', 'garbage', 'a.b.c', '💥.💥.💥', `${secretToken()}.x`])(
    'refuses the garbage %j',
    async (token) => {
      expect(await bySecret().verify(token)).toEqual(refusedFor('malformed'));
    },
  );

  it('refuses claims that are no object', async () => {
    const header = Buffer.from('{"alg":"HS256"}').toString('base64url');
    const input = `${header}.${Buffer.from('[]').toString('base64url')}`;
    const signature = createHmac('sha256', testSecret).update(input).digest('base64url');
    expect(await bySecret().verify(`${input}.${signature}`)).toEqual(refusedFor('malformed'));
  });

  it('refuses another secret, tampered claims, and no signature', async () => {
    const verifier = bySecret();
    const token = secretToken();
    expect(await verifier.verify(secretToken(aliceClaims, `${testSecret}!`))).toEqual(
      refusedFor('bad-signature'),
    );
    expect(await verifier.verify(tampered(token, { role: 'host' }))).toEqual(refusedFor('bad-signature'));
    expect(await verifier.verify(token.replace(/[^.]+$/, ''))).toEqual(refusedFor('bad-signature'));
  });

  it.each(['none', 'None', 'RS256', 'ES256', 'HS1'])('refuses the algorithm %s', async (alg) => {
    for (const sign of [() => '', () => 'AAAA']) {
      expect(await bySecret().verify(handmadeToken({ alg }, aliceClaims, sign))).toEqual(
        refusedFor('algorithm-not-allowed'),
      );
    }
  });

  it('refuses an extension that it does not know', async () => {
    const token = secretToken(aliceClaims, testSecret, { crit: ['exp'], exp: 1 });
    expect(await bySecret().verify(token)).toEqual(refusedFor('malformed'));
  });

  it('refuses a token over 8 KB, and takes one of it', async () => {
    const padded = (bytes: number) => secretToken({ ...aliceClaims, pad: 'x'.repeat(bytes) });
    expect(await bySecret().verify(padded(8000))).toEqual(refusedFor('too-long'));
    expect(await bySecret().verify(padded(5900))).toEqual(verifiedAs({ userId: 'alice' }));
  });

  it('asks for issuer and audience where they are configured', async () => {
    const verifier = bySecret({ issuer: 'https://issuer.example', audience: ['meetings', 'chats'] });
    const says = { ...aliceClaims, iss: 'https://issuer.example', aud: ['other', 'chats'] };
    expect(await verifier.verify(secretToken(says))).toEqual(verifiedAs({ userId: 'alice' }));
    for (const iss of ['https://issuer.example/', undefined, null, ['https://issuer.example']]) {
      expect(await verifier.verify(secretToken({ ...says, iss }))).toEqual(refusedFor('wrong-issuer'));
    }
    for (const aud of ['other', undefined, [], 'chats,meetings']) {
      expect(await verifier.verify(secretToken({ ...says, aud }))).toEqual(refusedFor('wrong-audience'));
    }
  });
});

describe('a verifier with published keys', () => {
  const start = async (given: { discovered?: boolean; timeoutMs?: number } = {}) => {
    const issuer = await startIssuer();
    const time = { nowMs: NOW_MS };
    const verifier = createVerifier(
      {
        keys: { kind: 'jwks', jwksUri: given.discovered ? undefined : issuer.jwksUri },
        issuer: issuer.url,
        audience: ['meetings'],
        claims,
      },
      { now: () => time.nowMs, fetch, timeoutMs: given.timeoutMs ?? 3000 },
    );
    return { issuer, verifier, time, says: { ...aliceClaims, iss: issuer.url, aud: 'meetings' } };
  };

  it.each(['RS256', 'ES256'] as const)(
    'takes tokens signed with %s, and fetches the keys once',
    async (alg) => {
      const { issuer, verifier, says } = await start();
      for (let count = 0; count < 3; count++) {
        expect(await verifier.verify(issuer.sign(says, { alg }))).toEqual(verifiedAs({ userId: 'alice' }));
      }
      expect(issuer.requests).toEqual(['/keys']);
    },
  );

  it("finds the keys by the issuer's discovery document", async () => {
    const { issuer, verifier, says } = await start({ discovered: true });
    expect(await verifier.verify(issuer.sign(says))).toEqual(verifiedAs({ userId: 'alice' }));
    await verifier.verify(issuer.sign(says));
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it.each([
    ['another issuer', { issuer: 'https://elsewhere.example' }],
    ['an address anybody could answer', { jwks_uri: 'http://issuer.example/keys' }],
    ['no address', { jwks_uri: null }],
  ])('does not believe a discovery document with %s', async (_name, says) => {
    const started = await start({ discovered: true });
    started.issuer.discovery = { ...started.issuer.discovery, ...says };
    await expect(started.verifier.verify(started.issuer.sign(started.says))).rejects.toThrow(KeysUnavailable);
  });

  it.each([
    ['expired', { exp: nowSeconds - 6 }],
    ['no-expiry', { exp: undefined }],
    ['not-yet-valid', { nbf: nowSeconds + 6 }],
    ['wrong-issuer', { iss: 'https://elsewhere.example' }],
    ['wrong-issuer', { iss: undefined }],
    ['wrong-audience', { aud: 'others' }],
    ['wrong-audience', { aud: undefined }],
  ])('refuses as %s what says %j', async (reason, says) => {
    const started = await start();
    const token = started.issuer.sign({ ...started.says, ...says });
    expect(await started.verifier.verify(token)).toEqual(refusedFor(reason));
  });

  it('refuses tampered claims, and the signature of another key', async () => {
    const { issuer, verifier, says } = await start();
    expect(await verifier.verify(tampered(issuer.sign(says), { role: 'host' }))).toEqual(
      refusedFor('bad-signature'),
    );
    const [, , other] = issuer.sign({ sub: 'mallory' }).split('.');
    const forged = issuer.sign(says).replace(/[^.]+$/, other ?? '');
    expect(await verifier.verify(forged)).toEqual(refusedFor('bad-signature'));
  });

  it('refuses a token that is signed with the public key as if it were a secret, and one that is not signed', async () => {
    const { issuer, verifier, says } = await start();
    for (const secret of [issuer.publicKey, issuer.publicKey.trim()]) {
      const token = secretToken(says, secret, { kid: 'RS256-working' });
      expect(await verifier.verify(token)).toEqual(refusedFor('algorithm-not-allowed'));
    }
    const unsigned = handmadeToken({ alg: 'none', kid: 'RS256-working' }, says, () => '');
    expect(await verifier.verify(unsigned)).toEqual(refusedFor('algorithm-not-allowed'));
    expect(issuer.requests).toEqual([]);
  });

  it('does not fetch for each unknown key', async () => {
    const { issuer, verifier, says } = await start();
    await verifier.verify(issuer.sign(says));
    for (let kid = 0; kid < 50; kid++) {
      expect(await verifier.verify(issuer.sign(says, { kid: `unknown-${kid}` }))).toEqual(
        refusedFor('unknown-key'),
      );
    }
    expect(await verifier.verify(issuer.sign(says, { kid: 'ES256-working' }))).toEqual(
      refusedFor('unknown-key'),
    );
    expect(issuer.requests).toEqual(['/keys']);
  });

  it.each(['failing', 'moved', 'confused'] as const)(
    'rejects while the key service is %s, and leaves it in peace for five seconds',
    async (state) => {
      const { issuer, verifier, time, says } = await start();
      issuer.state = state;
      const token = issuer.sign(says);
      for (let count = 0; count < 3; count++)
        await expect(verifier.verify(token)).rejects.toThrow(KeysUnavailable);
      expect(issuer.requests).toEqual(['/keys']);
      issuer.state = 'working';
      time.nowMs += 5000;
      expect(await verifier.verify(token)).toEqual(verifiedAs({ userId: 'alice' }));
    },
  );

  it('does not wait for ever for a key service that says nothing', async () => {
    const { issuer, verifier, says } = await start({ timeoutMs: 20 });
    issuer.state = 'silent';
    await expect(verifier.verify(issuer.sign(says))).rejects.toThrow(KeysUnavailable);
  });
});

describe('a verifier', () => {
  it('is not made for published keys without an issuer and an audience', () => {
    const keys = { kind: 'jwks', jwksUri: 'https://issuer.example/keys' } as const;
    const make = (issuer: string | undefined, audience: readonly string[]) => () =>
      createVerifier({ keys, issuer, audience, claims }, { now: () => NOW_MS, fetch });
    expect(make(undefined, ['meetings'])).toThrow('need an issuer and an audience');
    expect(make('https://issuer.example', [])).toThrow('need an issuer and an audience');
  });
});
