import { describe, expect, it } from 'vitest';
import { testSecret } from '../../test/harness/tokens.ts';
import { roles } from '../protocol/participants.ts';
import { createVerifier } from './createVerifier.ts';
import { mintToken, type TokenRequest } from './mintToken.ts';

const NOW_SECONDS = 1_795_000_000;
const request: TokenRequest = {
  secret: testSecret,
  userId: 'alice',
  expiresInSeconds: 60,
  nowSeconds: NOW_SECONDS,
};
const claims = { userId: 'sub', userName: 'name', role: 'role', meetingId: 'meetingId' };

const verify = (
  token: string,
  { atSeconds = NOW_SECONDS, issuer = undefined as string | undefined, names = claims } = {},
) =>
  createVerifier(
    {
      keys: { kind: 'secret', secret: testSecret },
      issuer,
      audience: issuer ? ['meetings'] : [],
      claims: names,
    },
    { now: () => atSeconds * 1000, fetch },
  ).verify(token);

describe('a minted token', () => {
  it.each(roles)('says who somebody is, as %s', async (role) => {
    const token = await mintToken({ ...request, userName: 'Alice', role, meetingId: 'standup' });
    expect(await verify(token)).toEqual({
      outcome: 'verified',
      identity: { userId: 'alice', userName: 'Alice', role, meetingId: 'standup' },
    });
  });

  it('needs no more than a user, and then is for every meeting', async () => {
    expect(await verify(await mintToken(request))).toEqual({
      outcome: 'verified',
      identity: { userId: 'alice', userName: 'alice', role: 'participant', meetingId: undefined },
    });
  });

  it('ends', async () => {
    const token = await mintToken(request);
    expect(await verify(token, { atSeconds: NOW_SECONDS + 59 })).toMatchObject({ outcome: 'verified' });
    expect(await verify(token, { atSeconds: NOW_SECONDS + 66 })).toEqual({
      outcome: 'refused',
      reason: 'expired',
    });
  });

  it('is by an issuer and for an audience, if told', async () => {
    const issuer = 'https://issuer.example';
    for (const audience of ['meetings', ['others', 'meetings']]) {
      const token = await mintToken({ ...request, issuer, audience });
      expect(await verify(token, { issuer })).toMatchObject({ outcome: 'verified' });
    }
  });

  it('says it in the claims that the server reads', async () => {
    const names = { userId: 'uid', userName: 'display', role: 'custom:role', meetingId: 'room' };
    const token = await mintToken({ ...request, role: 'host', meetingId: 'standup', claims: names });
    expect(await verify(token, { names })).toMatchObject({
      identity: { userId: 'alice', role: 'host', meetingId: 'standup' },
    });
  });

  it.each([
    [{ secret: 'short' }, 'secret must be a string of at least 32 bytes.'],
    [{ secret: undefined }, 'secret must be a string of at least 32 bytes.'],
    [{ userId: '' }, /^userId must be a string of 1 to 128 characters/],
    [{ userId: undefined }, /^userId must be/],
    [{ userName: 'a\nb' }, /^userName must be a string of 1 to 128 characters without control characters/],
    [{ role: 'admin' }, 'role must be one of host, participant, observer.'],
    [{ meetingId: '' }, /^meetingId must be/],
    [{ expiresInSeconds: 0 }, 'expiresInSeconds must be a whole number from 1 to 31536000.'],
    [{ expiresInSeconds: 1.5 }, /^expiresInSeconds must be/],
    [{ nowSeconds: 1_795_000_000_000 }, 'nowSeconds must be in whole seconds, not milliseconds, since 1970.'],
  ])('is not made of %j', async (wrong, message) => {
    await expect(mintToken({ ...request, ...wrong } as TokenRequest)).rejects.toThrow(message);
  });
});
