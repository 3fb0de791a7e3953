import { ConfigError, type Environment, text } from './variables.ts';

/** Whose tokens are taken, and what is read of them. */
export type Authentication = {
  /** Where the keys come from that tokens are verified with. */
  readonly keys:
    | { readonly kind: 'secret'; readonly secret: string }
    /** Without an address: that of the issuer's discovery document, or of a Cognito user pool. */
    | { readonly kind: 'jwks'; readonly jwksUri: string | undefined };
  /** Undefined: with a shared secret alone, whoever signs with it. */
  readonly issuer: string | undefined;
  /** A token must be for one of these. Empty: with a shared secret alone, for whomever. */
  readonly audience: readonly string[];
  /** The names of the claims. */
  readonly claims: {
    readonly userId: string;
    readonly userName: string;
    readonly role: string;
    readonly meetingId: string;
  };
};

const SECRET_BYTES = 32;

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
  const { protocol, hostname } = URL.canParse(value) ? new URL(value) : { protocol: '', hostname: '' };
  // A key that came over plain http could be anybody's.
  if (protocol === 'https:') return value;
  if (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return value;
  throw new ConfigError(`${name} must be an https address (http on this machine only), but is "${value}".`);
}
