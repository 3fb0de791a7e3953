import type { Backend } from '../lambda/shared/backend.ts';
import { createBackend } from '../lambda/shared/createBackend.ts';
import { EmbeddedDeliveryQueue } from '../src/embedded/EmbeddedDeliveryQueue.ts';
import { EmbeddedRateLimit } from '../src/embedded/EmbeddedRateLimit.ts';
import type { Config } from './config.ts';

/** The handlers' surroundings on one machine. */
export function createLocalBackend(
  config: Config,
  given: Pick<Backend, 'log' | 'meetings' | 'connections'>,
): Backend {
  const { messagesPerSecond, messageBurst } = config;
  const backend = createBackend(config, {
    ...given,
    rateLimit: new EmbeddedRateLimit({ messagesPerSecond, burst: messageBurst }, () => performance.now()),
    deliveryQueue: new EmbeddedDeliveryQueue({
      connections: given.connections,
      // What still waits when everything else has ended is for nobody.
      after: (delayMs, callback) => setTimeout(callback, delayMs).unref(),
    }),
  });
  return { ...backend, limits: { ...backend.limits, messagesPerSecond, messageBurst } };
}
