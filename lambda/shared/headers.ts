import type { UpgradeParameters } from './events.ts';

/** All values of a header of an upgrade request. Names arrive in the client's own spelling. */
function headerValues(event: UpgradeParameters, name: string): readonly string[] {
  const all = event.multiValueHeaders ?? event.headers ?? {};
  return Object.entries(all)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, values]) => values);
}

/** The subprotocols that a client offers, or undefined: none. */
export function offerOf(event: UpgradeParameters): string | undefined {
  const lines = headerValues(event, 'sec-websocket-protocol');
  return lines.length === 0 ? undefined : lines.join(',');
}
