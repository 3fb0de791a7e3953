import { ProtocolError } from './errors.ts';

/** The subprotocol of version 1. */
export const V1 = 'cloudmeetx.v1';

/**
 * Which of the protocol's two kinds of client a connection has, by what it offers in `Sec-WebSocket-Protocol`:
 * nothing is `plain`. Throws `unsupported_subprotocol`.
 */
export function clientOf(offer: string | undefined): 'plain' | 'v1' {
  if (offer === undefined) return 'plain';
  if (offer.split(',').some((name) => name.trim() === V1)) return 'v1';
  throw new ProtocolError('unsupported_subprotocol');
}
