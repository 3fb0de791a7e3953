import { readAuthentication } from '../../lambda/shared/authentication.ts';
import { ConfigError, type Environment } from '../../lambda/shared/variables.ts';
import { mintToken, type TokenRequest, TokenRequestError } from '../../src/auth/mintToken.ts';
import type { Command, CommandIo } from './command.ts';
import { readOptions, wholeOption } from './options.ts';
import { jsonLine } from './text.ts';

const options = {
  user: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  meeting: { type: 'string' },
  minutes: { type: 'string', default: '60' },
  json: { type: 'boolean', default: false },
} as const;

const optionOf: Readonly<Record<string, string>> = {
  userId: '--user',
  userName: '--name',
  role: '--role',
  meetingId: '--meeting',
};

const MAX_MINUTES = 525_600;

/** `token`: makes one for a server with a shared secret. */
export const token: Command = {
  summary: 'Makes a token for a server with the same AUTH_SECRET',
  synopsis: '--user ID [--name NAME] [--role host|participant|observer] [--meeting ID] [--minutes 60]',
  details: `Prints a token, signed as the server with this environment demands.

  --user ID       Whom it is for
  --name NAME     What others read, the id unless given
  --role ROLE     participant unless given
  --meeting ID    The only meeting that it opens; all unless given
  --minutes N     How long it opens connections, 60 unless given; those it has opened stay
  --json          { token, userId, expiresAt }`,
  run,
};

async function run(argv: readonly string[], { env, now, print }: CommandIo): Promise<'done'> {
  const { user, name, role, meeting, minutes, json } = readOptions(argv, options, []).values;
  if (user === undefined) throw new ConfigError('--user is missing: --user alice makes a token for alice.');
  const expiresInSeconds = wholeOption('--minutes', minutes, { min: 1, max: MAX_MINUTES }) * 60;
  const nowSeconds = Math.floor(now() / 1000);
  const made = await minted({
    ...signedAs(env),
    userId: user,
    userName: name,
    // What it may be is checked where it is used.
    role: role as TokenRequest['role'],
    meetingId: meeting,
    ...{ expiresInSeconds, nowSeconds },
  });
  const expiresAt = new Date((nowSeconds + expiresInSeconds) * 1000).toISOString();
  print(json ? jsonLine({ token: made, userId: user, expiresAt }) : made);
  return 'done';
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
