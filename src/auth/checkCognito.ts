import { CognitoJwtVerifier } from 'aws-jwt-verify';
import {
  CognitoJwtInvalidClientIdError,
  CognitoJwtInvalidTokenUseError,
  JwtExpiredError,
  JwtInvalidIssuerError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
  JwtWithoutValidKidError,
  KidNotFoundInJwksError,
  ParameterValidationError,
  WaitPeriodNotYetEndedJwkError,
} from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { KeyService } from './KeyService.ts';
import { type CheckToken, CLOCK_TOLERANCE_SECONDS, type RefusalReason, refused } from './verdict.ts';

/** Which user pool's tokens are checked, and for which of its apps. */
export type CognitoOptions = {
  readonly userPoolId: string;
  readonly clientIds: readonly string[];
  /** Where its keys are, if not where Cognito has them. */
  readonly jwksUri: string | undefined;
  readonly keyService: KeyService;
};

/** The user pool whose issuer this is, or undefined. */
export function userPoolIdOf(issuer: string): string | undefined {
  const [, region, userPoolId] =
    /^https:\/\/cognito-idp\.([\w-]+)\.amazonaws\.com\/([\w-]+)$/.exec(issuer) ?? [];
  return region !== undefined && userPoolId?.startsWith(`${region}_`) ? userPoolId : undefined;
}

/**
 * Checks tokens of a Cognito user pool: ID tokens, which name the app in `aud`, and access tokens, which do so in
 * `client_id`. By the system's clock, for the library takes no other. An unknown key makes it ask for the keys once in
 * 10 s.
 */
export function createCognitoCheck({
  userPoolId,
  clientIds,
  jwksUri,
  keyService,
}: CognitoOptions): CheckToken {
  const fetcher = {
    fetch: async (address: string) => bufferOf(await keyService.read(jwksUri ?? address)),
  };
  const verifier = CognitoJwtVerifier.create(
    { userPoolId, clientId: [...clientIds], tokenUse: null, graceSeconds: CLOCK_TOLERANCE_SECONDS },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );
  return async (token) => {
    try {
      const claims = await verifier.verify(token);
      // The library takes a token without one for everlasting.
      return claims.exp === undefined ? refused('no-expiry') : { outcome: 'genuine', claims };
    } catch (error) {
      const reason = reasons.find(([kind]) => error instanceof kind)?.[1];
      if (reason === undefined) throw error;
      return refused(reason);
    }
  };
}

const reasons: readonly (readonly [kind: new (...given: never[]) => Error, reason: RefusalReason])[] = [
  [JwtParseError, 'malformed'],
  [JwtWithoutValidKidError, 'unknown-key'],
  [KidNotFoundInJwksError, 'unknown-key'],
  [WaitPeriodNotYetEndedJwkError, 'unknown-key'],
  [JwtInvalidSignatureAlgorithmError, 'algorithm-not-allowed'],
  [JwtInvalidSignatureError, 'bad-signature'],
  [JwtExpiredError, 'expired'],
  [JwtNotBeforeError, 'not-yet-valid'],
  [JwtInvalidIssuerError, 'wrong-issuer'],
  // What the library makes of an issuer that it doesn't know; of ours it is told when it is made.
  [ParameterValidationError, 'wrong-issuer'],
  [CognitoJwtInvalidClientIdError, 'wrong-audience'],
  [CognitoJwtInvalidTokenUseError, 'wrong-token-use'],
];

function bufferOf(text: string): ArrayBuffer {
  const { buffer, byteLength } = new TextEncoder().encode(text);
  return buffer.slice(0, byteLength);
}
