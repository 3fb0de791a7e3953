import { errors, type JWTVerifyOptions } from 'jose';
import type { Authentication } from './authentication.ts';
import { CLOCK_TOLERANCE_SECONDS, type RefusalReason, type Refused, refused } from './verdict.ts';

/** What tokens are held to, and when: `now` in epoch milliseconds. */
export type JoseOptions = Pick<Authentication, 'issuer' | 'audience'> & { readonly now: () => number };

/** What jose is to hold a token to. */
export function rulesFor(
  algorithms: readonly string[],
  { issuer, audience, now }: JoseOptions,
): JWTVerifyOptions {
  return {
    algorithms: [...algorithms],
    requiredClaims: ['exp'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: new Date(now()),
    ...(issuer !== undefined && { issuer }),
    ...(audience.length > 0 && { audience: [...audience] }),
  };
}

/** What an error of jose says of the token. Throws on what says nothing of it. */
export function refusalOf(error: unknown): Refused {
  if (error instanceof errors.JWTClaimValidationFailed) return refused(reasonOfClaim(error));
  const reason = error instanceof errors.JOSEError ? reasons[error.code] : undefined;
  if (reason === undefined) throw error;
  return refused(reason);
}

const reasons: Readonly<Record<string, RefusalReason>> = {
  ERR_JWS_INVALID: 'malformed',
  ERR_JWT_INVALID: 'malformed',
  // Of a token's header: an extension that it says must be understood.
  ERR_JOSE_NOT_SUPPORTED: 'malformed',
  ERR_JOSE_ALG_NOT_ALLOWED: 'algorithm-not-allowed',
  ERR_JWKS_NO_MATCHING_KEY: 'unknown-key',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'unknown-key',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'bad-signature',
  ERR_JWT_EXPIRED: 'expired',
};

function reasonOfClaim({ claim, reason }: errors.JWTClaimValidationFailed): RefusalReason {
  switch (claim) {
    case 'iss':
      return 'wrong-issuer';
    case 'aud':
      return 'wrong-audience';
    case 'exp':
      return reason === 'missing' ? 'no-expiry' : 'malformed';
    case 'nbf':
      return reason === 'check_failed' ? 'not-yet-valid' : 'malformed';
    default:
      return 'malformed';
  }
}
