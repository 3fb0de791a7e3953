import { type DeliverPorts, type SendReport, sendToEach } from './deliver.ts';
import type { Delivery } from './ports.ts';
import { isTooLate, queueAgain } from './queueing.ts';

/** How a worker's sends ended, and what becomes of those that failed. */
export type QueuedReport = SendReport & { readonly next: 'nothing' | 'queued' | 'closed' | 'dropped' };

/**
 * What a worker does with a delivery: sends it, and hands over once more what failed. After two minutes of that a
 * connection is closed for whom the payload is part of the log, so that its client comes back and reads it there.
 *
 * Rejects if what failed can't be handed over; the delivery is then to come again as a whole.
 */
export async function deliverQueued(delivery: Delivery, ports: DeliverPorts): Promise<QueuedReport> {
  const { recipients, payload } = delivery;
  if (isTooLate(delivery, ports.now())) {
    return { outcome: 'sent', sent: 0, failed: recipients, stale: [], errors: [], next: 'dropped' };
  }
  const report = await sendToEach(recipients, payload.text, ports);
  const { failed } = report;
  if (failed.length === 0) return { ...report, next: 'nothing' };
  if ((await queueAgain({ ...delivery, recipients: failed }, ports)) === 'queued') {
    return { ...report, next: 'queued' };
  }
  if (payload.seq === undefined) return { ...report, next: 'dropped' };
  await Promise.all(failed.map(({ connectionId }) => ports.connections.disconnect(connectionId)));
  return { ...report, next: 'closed' };
}
