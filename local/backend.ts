import { createDeliver } from '../lambda/deliver/deliver.ts';
import type { Backend } from '../lambda/shared/backend.ts';
import { createBackend } from '../lambda/shared/createBackend.ts';
import { EmbeddedDeliveryQueue } from '../src/embedded/EmbeddedDeliveryQueue.ts';
import { EmbeddedRateLimit } from '../src/embedded/EmbeddedRateLimit.ts';
import type { RateLimit, Telemetry } from '../src/meeting/ports.ts';
import type { Config } from './config.ts';

/** The handlers' surroundings on one machine. */
export function createLocalBackend(
  config: Config,
  given: Pick<Backend, 'log' | 'meetings' | 'connections'> & { readonly telemetry: Telemetry },
): Backend {
  const backend = createBackend(config, {
    ...given,
    rateLimit: createRateLimit(config),
    deliveryQueue: new EmbeddedDeliveryQueue({
      worker: (delivery) => deliver(delivery),
      disconnect: (connectionId) => given.connections.disconnect(connectionId),
      // What still waits when everything else has ended is for nobody.
      after: (delayMs, callback) => setTimeout(callback, delayMs).unref(),
    }),
  });
  const deliver = createDeliver(backend);
  return backend;
}

/** A rate limit as it is configured, which counts by itself. */
export const createRateLimit = ({ messagesPerSecond, messageBurst: burst }: Config): RateLimit =>
  new EmbeddedRateLimit({ messagesPerSecond, burst }, () => performance.now());
