import { ProtocolError } from '../../src/protocol/errors.ts';
import { allowsOrigin } from '../../src/protocol/origins.ts';
import type { Backend } from '../shared/backend.ts';
import type { ConnectEvent } from '../shared/events.ts';

/** Throws `origin_not_allowed` for a browser's request from a page that may not connect. */
export function checkOrigin(event: ConnectEvent, { allowedOrigins }: Pick<Backend, 'allowedOrigins'>): void {
  const [host] = valuesOf(event, 'host');
  if (allowsOrigin(allowedOrigins, { origins: valuesOf(event, 'origin'), host })) return;
  throw new ProtocolError('origin_not_allowed');
}

/** All values of a header, which arrives in the client's own spelling, or in several. */
function valuesOf({ headers, multiValueHeaders }: ConnectEvent, name: string): readonly string[] {
  const lists = multiValueHeaders ?? toLists(headers ?? {});
  return Object.entries(lists).flatMap(([key, values]) => (key.toLowerCase() === name ? values : []));
}

const toLists = (headers: Readonly<Record<string, string>>): Record<string, readonly string[]> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
