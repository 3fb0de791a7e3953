import { parseArgs } from 'node:util';
import { readAuthentication } from '../lambda/shared/authentication.ts';
import { ConfigError, type Environment } from '../lambda/shared/variables.ts';
import { mintToken, type TokenRequest, TokenRequestError } from '../src/auth/mintToken.ts';

const options = {
  user: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  meeting: { type: 'string' },
  minutes: { type: 'string', default: '60' },
} as const;

const optionOf: Readonly<Record<string, string>> = {
  userId: '--user',
  userName: '--name',
  role: '--role',
  meetingId: '--meeting',
};

const MAX_MINUTES = 525_600;

/**
 * The token that the options ask for, signed as the server with this environment demands. Throws a {@link ConfigError}
 * that says what to change.
 */
export async function tokenCommand(
  argv: readonly string[],
  env: Environment,
  nowMs: number,
): Promise<string> {
  const { user, name, role, meeting, minutes } = parse(argv);
  if (user === undefined) throw new ConfigError('--user is missing: --user alice makes a token for alice.');
  if (!/^\d+$/.test(minutes) || Number(minutes) < 1 || Number(minutes) > MAX_MINUTES) {
    throw new ConfigError(`--minutes must be a whole number from 1 to ${MAX_MINUTES}, but is "${minutes}".`);
  }
  return minted({
    ...signedAs(env),
    userId: user,
    userName: name,
    // What it may be is checked where it is used.
    role: role as TokenRequest['role'],
    meetingId: meeting,
    expiresInSeconds: Number(minutes) * 60,
    nowSeconds: Math.floor(nowMs / 1000),
  });
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new ConfigError((error as Error).message, { cause: error });
  }
}

function signedAs(env: Environment): Pick<TokenRequest, 'secret' | 'issuer' | 'audience' | 'claims'> {
  const authentication = readAuthentication(env);
  if (authentication?.keys.kind !== 'secret') {
    throw new ConfigError(
      'AUTH_SECRET must be set to that of the server: tokens of an issuer with keys of its own come from there alone.',
    );
  }
  const { keys, issuer, audience, claims } = authentication;
  return { secret: keys.secret, issuer, audience: audience.length > 0 ? audience : undefined, claims };
}

async function minted(request: TokenRequest): Promise<string> {
  try {
    return await mintToken(request);
  } catch (error) {
    if (!(error instanceof TokenRequestError)) throw error;
    throw new ConfigError(`${optionOf[error.field] ?? error.field} ${error.rule}.`, { cause: error });
  }
}
