import type { AddressLimits } from '../src/gateway/Gatekeeper.ts';
import { type Config, isLoopback } from './config.ts';

/** Whoever guesses at tokens gets so many tries at once, then one more after each so long. */
const failedAuthentications = { burst: 20, everyMs: 5000 };

/** What one address may take for itself. */
export function addressLimits({
  reach,
  connectionsPerAddress,
}: Pick<Config, 'reach' | 'connectionsPerAddress'>): AddressLimits {
  return {
    ...(connectionsPerAddress > 0 && { connections: connectionsPerAddress }),
    // Where others get in, what comes from here is a proxy that nobody told us of, or this machine's own.
    ...(reach === 'others' && { failedAuthentications, exempts: isLoopback }),
  };
}
