import type { AuthorizeEvent } from '../shared/events.ts';
import { offerOf } from '../shared/headers.ts';

/** The token that an upgrade request presents. */
export type PresentedToken =
  | { readonly outcome: 'presented'; readonly token: string }
  | { readonly outcome: 'refused'; readonly reason: 'no-token' | 'several-tokens' };

const PREFIX = 'bearer.';

/**
 * Finds the token: in the subprotocol `bearer.<JWT>`, which keeps it out of URLs and access logs, or in `?token=`, for
 * tools. Who presents two different ones might be verified by the one and logged by the other.
 */
export function readToken(event: AuthorizeEvent): PresentedToken {
  const offers = (offerOf(event) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length));
  const [token, ...others] = new Set([...offers, ...queryTokens(event)]);
  if (offers.length > 1 || others.length > 0) return { outcome: 'refused', reason: 'several-tokens' };
  return token === undefined ? { outcome: 'refused', reason: 'no-token' } : { outcome: 'presented', token };
}

/** An empty one counts as absent, as with the other parameters. */
function queryTokens(event: AuthorizeEvent): readonly string[] {
  const all = event.multiValueQueryStringParameters?.token ?? [event.queryStringParameters?.token ?? ''];
  return all.filter(Boolean);
}
