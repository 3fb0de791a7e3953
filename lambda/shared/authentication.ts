import { type Authentication, isTrustworthy, SECRET_BYTES } from '../../src/auth/authentication.ts';
import { ConfigError, type Environment, text } from './variables.ts';

/** Reads the `AUTH_…` variables; undefined without any: authentication is off. Throws a {@link ConfigError}. */
export function readAuthentication(env: Environment): Authentication | undefined {
  const issuer = url(env, 'AUTH_ISSUER');
  const jwksUri = url(env, 'AUTH_JWKS_URI');
  const audience = list(env, 'AUTH_AUDIENCE');
  const keys = env.AUTH_SECRET ? secretOf(env.AUTH_SECRET, jwksUri) : ({ kind: 'jwks', jwksUri } as const);
  if (keys.kind === 'jwks') {
    if (issuer === undefined && jwksUri === undefined && audience.length === 0) return undefined;
    if (issuer === undefined) {
      throw new ConfigError('AUTH_ISSUER must be set to the iss claim of the tokens, or AUTH_SECRET.');
    }
    if (audience.length === 0) {
      throw new ConfigError(
        'AUTH_AUDIENCE must be set to the aud claim of the tokens, or to the client id of a Cognito app.',
      );
    }
  }
  return { keys, issuer, audience, claims: claimNames(env) };
}

function secretOf(secret: string, jwksUri: string | undefined): Authentication['keys'] {
  if (jwksUri !== undefined) {
    throw new ConfigError(
      'AUTH_SECRET and AUTH_JWKS_URI are both set. Unset the one that tokens are not signed for.',
    );
  }
  if (Buffer.byteLength(secret) < SECRET_BYTES) {
    throw new ConfigError(
      `AUTH_SECRET must be at least ${SECRET_BYTES} bytes long: openssl rand -base64 32 makes one.`,
    );
  }
  return { kind: 'secret', secret };
}

const claimNames = (env: Environment): Authentication['claims'] => ({
  userId: text(env, 'AUTH_USER_ID_CLAIM', 'sub'),
  userName: text(env, 'AUTH_USER_NAME_CLAIM', 'name'),
  role: text(env, 'AUTH_ROLE_CLAIM', 'role'),
  meetingId: text(env, 'AUTH_MEETING_ID_CLAIM', 'meetingId'),
});

const list = (env: Environment, name: string): readonly string[] =>
  text(env, name, '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

function url(env: Environment, name: string): string | undefined {
  const value = text(env, name, '');
  if (value === '') return undefined;
  if (isTrustworthy(value)) return value;
  throw new ConfigError(`${name} must be an https address (http on this machine only), but is "${value}".`);
}
