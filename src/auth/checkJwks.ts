import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { isTrustworthy } from './authentication.ts';
import { type JoseOptions, refusalOf, rulesFor } from './joseRules.ts';
import { type KeyService, KeysUnavailable } from './KeyService.ts';
import type { CheckToken } from './verdict.ts';

/** Asymmetric ones alone: with HS256, who knows a public key could sign. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Whose tokens are checked, and where its keys are; without an address its discovery document says where. */
export type JwksOptions = JoseOptions & {
  readonly issuer: string;
  readonly jwksUri: string | undefined;
  readonly keyService: KeyService;
};

/**
 * Checks tokens of an issuer that publishes its keys. They are asked for again after ten minutes, and when a token names
 * an unknown one, but for that no more often than every 30 s.
 */
export function createJwksCheck(options: JwksOptions): CheckToken {
  const { issuer, jwksUri, keyService } = options;
  let keys: JWTVerifyGetKey | undefined;
  const getKey: JWTVerifyGetKey = async (header, token) => {
    keys ??= keySetAt(jwksUri ?? (await discover(issuer, keyService)), keyService);
    try {
      return await keys(header, token);
    } catch (error) {
      throw isAboutToken(error) ? error : unavailable(error);
    }
  };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, getKey, rulesFor(algorithms, options));
      return { outcome: 'genuine', claims: payload };
    } catch (error) {
      return refusalOf(error);
    }
  };
}

function keySetAt(address: string, keyService: KeyService): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(address), {
    [customFetch]: async (url) => new Response(await keyService.read(url)),
  });
}

/** Where an issuer says that its keys are: OpenID Connect Discovery 1.0, section 4. */
async function discover(issuer: string, keyService: KeyService): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document: unknown = JSON.parse(await keyService.read(address));
  const { issuer: named, jwks_uri: jwksUri } = Object(document) as Readonly<Record<string, unknown>>;
  if (named !== issuer) throw new KeysUnavailable(`${address} is not of the issuer ${issuer}`);
  if (typeof jwksUri === 'string' && isTrustworthy(jwksUri)) return jwksUri;
  throw new KeysUnavailable(`${address} names no https address of keys in jwks_uri`);
}

function isAboutToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

function unavailable(error: unknown): KeysUnavailable {
  if (error instanceof KeysUnavailable) return error;
  return new KeysUnavailable("the issuer's keys can't be used", { cause: error });
}
