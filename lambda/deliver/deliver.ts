import { deliverQueued } from '../../src/meeting/deliverQueued.ts';
import type { Delivery } from '../../src/meeting/ports.ts';
import type { Backend } from '../shared/backend.ts';
import { logSends } from '../shared/logSends.ts';

/** The queue's worker: sends what was handed over. Rejects what is to come again as it is. */
export const createDeliver =
  (backend: Backend) =>
  async (delivery: Delivery): Promise<void> => {
    const { log } = backend;
    const { recipients, payload, delays } = delivery;
    const context = { meetingId: recipients[0]?.meetingId, seq: payload.seq, delays };
    try {
      const report = await deliverQueued(delivery, backend);
      log.debug('delivered', { ...context, sent: report.sent, next: report.next });
      logSends(report, context, log);
      if (report.next === 'closed' || report.next === 'dropped') {
        log.warn('given up', { ...context, [report.next]: report.failed.length });
      }
    } catch (error) {
      log.error('error', { ...context, error });
      throw error;
    }
  };
