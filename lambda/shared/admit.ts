import { dismiss } from '../../src/meeting/dismiss.ts';
import { ProtocolError } from '../../src/protocol/errors.ts';
import type { Backend } from './backend.ts';
import { connectionIdOf, type MessageEvent } from './events.ts';

/** What counting messages needs. */
export type AdmitPorts = Pick<Backend, 'rateLimit' | 'floodGuard' | 'connections' | 'log'>;

/**
 * Counts a message against its connection's rate, whatever the message turns out to be. Throws `rate_limited` to one that
 * is too quick, and parts with one that goes on all the same.
 */
export async function admit(event: MessageEvent, ports: AdmitPorts): Promise<void> {
  const connectionId = connectionIdOf(event);
  const taken = await ports.rateLimit.take(connectionId);
  if (taken.outcome === 'granted') return;
  if (ports.floodGuard.refused(connectionId) === 'flooding') {
    const { requestId } = event.requestContext;
    ports.log.warn('flooding', { requestId, connectionId });
    // Its membership ends by what the close brings, like any other's.
    await dismiss({ connectionId }, 'flooding', ports.connections);
  }
  throw new ProtocolError('rate_limited', undefined, { retryAfterMs: taken.retryAfterMs });
}
