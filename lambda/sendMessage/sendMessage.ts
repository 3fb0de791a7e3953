import { type DeliveryReport, deliver } from '../../src/meeting/deliver.ts';
import { findRecipients } from '../../src/meeting/findRecipients.ts';
import { isoTime } from '../../src/meeting/isoTime.ts';
import type { Connection } from '../../src/meeting/ports.ts';
import { record } from '../../src/meeting/record.ts';
import { relay, type Stamp } from '../../src/meeting/relay.ts';
import { parseSendMessage } from '../../src/protocol/sendMessage.ts';
import type { Backend } from '../shared/backend.ts';
import { memberRoute } from '../shared/connectionRoute.ts';
import type { MessageEvent } from '../shared/events.ts';
import { logErrors } from '../shared/logErrors.ts';

/** `sendMessage`: relays a message to a connection, a user or everyone of the sender's meeting, and acks it. */
export const createSendMessage = (backend: Backend) =>
  memberRoute(backend, async (sender, event) => {
    const request = parseSendMessage(event.body);
    const { requestId } = request;
    const relayed = relay(sender, request, stamp(backend));
    const message = await record(sender, relayed, { requestId, meetings: backend.meetings });

    const recipients = await findRecipients(backend.meetings, sender, relayed.audience);
    const report = await deliver(recipients, message, backend);
    logDelivery(event, sender, { ...report, log: backend.log });

    const { messageId, seq } = message;
    const { sent, failed, stale } = report;
    return { type: 'ack', requestId, messageId, seq, sent, failed, stale: stale.length };
  });

function stamp({ now, newMessageId }: Backend): Stamp {
  return { messageId: newMessageId(), timestamp: isoTime(now()) };
}

function logDelivery(
  { requestContext: { requestId } }: MessageEvent,
  { connectionId, meetingId }: Connection,
  { log, sent, failed, stale, errors }: DeliveryReport & Pick<Backend, 'log'>,
): void {
  const context = { requestId, connectionId, meetingId };
  log.debug('routed', { requestId, connectionId, meetingId, sent });
  if (failed > 0) log.warn('send failed', { ...context, failed });
  for (const gone of stale) log.info('stale removed', { ...context, staleConnectionId: gone.connectionId });
  logErrors(errors, context, log);
}
