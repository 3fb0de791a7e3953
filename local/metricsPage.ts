import type { IncomingMessage } from 'node:http';
import { sourceOfSocket } from '../src/gateway/source.ts';
import { hasBearer } from './bearer.ts';
import { isLoopback } from './config.ts';

/** Who may read `/metrics`: whoever has the token, and without one, whoever asks from this very machine. */
export function mayReadMetrics(request: IncomingMessage, token: string | undefined): boolean {
  return token === undefined ? isFromHere(request) : hasBearer(request, token);
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
