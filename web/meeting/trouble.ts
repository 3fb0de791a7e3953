import type { ClientState } from '../../src/client/index.ts';
import type { PageConfig } from './config.ts';
import type { Trouble } from './failures.ts';

/** Attempts may fail by chance; so many in a row mean something. */
const FAILURES = 2;

/**
 * Says what is wrong when joining doesn't work out; undefined while nothing is known to be. A browser tells a refused
 * upgrade and a server that is down alike, so the server's health is asked for where that can be.
 */
export async function troubleOf(
  state: ClientState,
  config: PageConfig,
  isHealthy: (healthUrl: string) => Promise<boolean>,
): Promise<Trouble | undefined> {
  if (state.status !== 'connecting' || state.attempt <= FAILURES) return undefined;
  if (state.failure?.code === 'token_failed') return 'no-sign-in';
  const asksForTokens = config.authentication === 'token';
  if (!config.healthUrl) return asksForTokens ? 'expired-or-unreachable' : 'unreachable';
  if (!(await isHealthy(config.healthUrl))) return 'unreachable';
  return asksForTokens ? 'expired' : 'refuses';
}
