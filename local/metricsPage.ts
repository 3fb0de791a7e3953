import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { sourceOfSocket } from '../src/gateway/source.ts';
import { isLoopback } from './config.ts';

/** Who may read `/metrics`: whoever has the token, and without one, whoever asks from this very machine. */
export function mayReadMetrics(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return isFromHere(request);
  const [scheme, given = ''] = (request.headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && timingSafeEqual(digestOf(given), digestOf(token));
}

/**
 * A proxy on this machine brings requests of others, whatever it makes of their headers; and a page of somebody else's may
 * reach this machine by a name of its own.
 */
function isFromHere(request: IncomingMessage): boolean {
  const { host = '', forwarded } = request.headers;
  const isForwarded = forwarded !== undefined || request.headers['x-forwarded-for'] !== undefined;
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isLoopback(sourceOfSocket(request).address) && isLoopback(name) && !isForwarded;
}

/** Of the same length, whatever was given. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
