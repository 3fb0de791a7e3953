import { ProtocolError } from '../protocol/errors.ts';
import type { ConnectionId } from '../protocol/ids.ts';
import type { RateLimit } from './ports.ts';

/** Counts one message against the connection's rate, whatever the message turns out to be. Throws `rate_limited`. */
export async function takeToken(rateLimit: RateLimit, connectionId: ConnectionId): Promise<void> {
  const result = await rateLimit.take(connectionId);
  if (result.outcome === 'refused') {
    throw new ProtocolError('rate_limited', undefined, { retryAfterMs: result.retryAfterMs });
  }
}
