import type { Identity } from '../protocol/identity.ts';
import type { Authentication } from './authentication.ts';
import { createCognitoCheck, userPoolIdOf } from './checkCognito.ts';
import { createJwksCheck } from './checkJwks.ts';
import { createSecretCheck } from './checkSecret.ts';
import { identityOf } from './identityOf.ts';
import { KeyService, type KeyServiceOptions } from './KeyService.ts';
import { type CheckToken, type Refused, refused } from './verdict.ts';

/** Tells who presents a token. */
export type Verifier = {
  /**
   * Whether the token was signed by whom we trust, for us, and holds now; and of whom it tells. Rejects when that can't
   * be found out, because the issuer's keys can't be had.
   */
  verify(token: string): Promise<{ readonly outcome: 'verified'; readonly identity: Identity } | Refused>;
};

/** Longer ones cost more to read than a request may cost us; API Gateway takes 10 KB of headers in all. */
const TOKEN_BYTES = 8192;

/** Makes the verifier of one configuration: it keeps the issuer's keys. */
export function createVerifier(authentication: Authentication, options: KeyServiceOptions): Verifier {
  const check = createCheck(authentication, options);
  return {
    async verify(token) {
      // As many as bytes, in a token: it is ASCII.
      if (token.length > TOKEN_BYTES) return refused('too-long');
      const checked = await check(token);
      return checked.outcome === 'genuine' ? identityOf(checked.claims, authentication.claims) : checked;
    },
  };
}

function createCheck({ keys, issuer, audience }: Authentication, options: KeyServiceOptions): CheckToken {
  const { now } = options;
  if (keys.kind === 'secret') return createSecretCheck(keys.secret, { issuer, audience, now });
  // Without one, anybody's tokens would do.
  if (issuer === undefined || audience.length === 0) {
    throw new Error('tokens of a published key need an issuer and an audience');
  }
  const keyService = new KeyService(options);
  const { jwksUri } = keys;
  const userPoolId = userPoolIdOf(issuer);
  return userPoolId === undefined
    ? createJwksCheck({ issuer, audience, now, jwksUri, keyService })
    : createCognitoCheck({ userPoolId, clientIds: audience, jwksUri, keyService });
}
