import { randomBytes } from 'node:crypto';
import { readAuthentication } from '../../lambda/shared/authentication.ts';
import type { Environment } from '../../lambda/shared/variables.ts';
import { mintToken } from '../../src/auth/mintToken.ts';
import { textArgument } from './options.ts';

/** As whom a connection is made. */
export type Credentials = { readonly userId: string; readonly userName: string; readonly token?: string };

/** What a connection may do, and what the command line's options say of it. */
export type CredentialOptions = {
  readonly token?: string | undefined;
  readonly user?: string | undefined;
  readonly name?: string | undefined;
  readonly role: 'host' | 'participant' | 'observer';
};

const MINTED_SECONDS = 300;

/**
 * Makes what makes credentials: anew for each connection, since tokens that are minted here hold for five minutes.
 * Throws a {@link ConfigError} for names that can't be.
 */
export function credentialsOf(
  { token, user, name, role }: CredentialOptions,
  env: Environment,
  now: () => number,
): () => Promise<Credentials> {
  const userId = textArgument('--user', user ?? `cli-${randomBytes(6).toString('hex')}`);
  const userName = textArgument('--name', name ?? user ?? 'Command line');
  const authentication = token === undefined ? readAuthentication(env) : undefined;
  const keys = authentication?.keys;
  if (authentication === undefined || keys?.kind !== 'secret') {
    return async () => ({ userId, userName, ...(token !== undefined && { token }) });
  }
  const { issuer, audience, claims } = authentication;
  return async () => {
    const minted = await mintToken({
      ...{ secret: keys.secret, userId, userName, role, issuer, claims },
      audience: audience.length > 0 ? audience : undefined,
      expiresInSeconds: MINTED_SECONDS,
      nowSeconds: Math.floor(now() / 1000),
    });
    return { userId, userName, token: minted };
  };
}
