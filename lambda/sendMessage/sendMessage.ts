import { type DeliveryReport, deliver } from '../../src/meeting/deliver.ts';
import { findRecipients } from '../../src/meeting/findRecipients.ts';
import { isoTime } from '../../src/meeting/isoTime.ts';
import type { Connection } from '../../src/meeting/ports.ts';
import { type Recorded, record } from '../../src/meeting/record.ts';
import { relay, type Stamp } from '../../src/meeting/relay.ts';
import type { ServerFrame } from '../../src/protocol/frames.ts';
import { parseSendMessage } from '../../src/protocol/sendMessage.ts';
import type { Backend } from '../shared/backend.ts';
import { memberRoute } from '../shared/connectionRoute.ts';
import type { MessageEvent } from '../shared/events.ts';
import type { Log } from '../shared/log.ts';
import { logErrors } from '../shared/logErrors.ts';
import { logSends } from '../shared/logSends.ts';

/** `sendMessage`: relays a message to a connection, a user or everyone of the sender's meeting, and acks it. */
export const createSendMessage = (backend: Backend) =>
  memberRoute(backend, async (sender, event) => {
    const request = parseSendMessage(event.body);
    const { requestId } = request;
    const relayed = relay(sender, request, stamp(backend));
    const message = await record(sender, relayed, { requestId, meetings: backend.meetings });

    const recipients = await findRecipients(backend.meetings, sender, relayed.audience);
    const report = await deliver(recipients, message, backend);
    logDelivery(report, contextOf(event, sender), backend.log);

    return ackOf(requestId, message, report);
  });

function stamp({ now, newMessageId }: Backend): Stamp {
  return { messageId: newMessageId(), timestamp: isoTime(now()) };
}

/** What the sender is told: how the sends ended, or for how many they are yet to come. */
function ackOf(
  requestId: string | undefined,
  { messageId, seq }: Recorded,
  report: DeliveryReport,
): ServerFrame {
  if (report.outcome === 'queued') return { type: 'ack', requestId, messageId, seq, queued: report.queued };
  const { sent, failed, stale } = report;
  return { type: 'ack', requestId, messageId, seq, sent, failed: failed.length, stale: stale.length };
}

function contextOf({ requestContext: { requestId } }: MessageEvent, sender: Connection) {
  return { requestId, connectionId: sender.connectionId, meetingId: sender.meetingId };
}

function logDelivery(report: DeliveryReport, context: ReturnType<typeof contextOf>, log: Log): void {
  if (report.outcome === 'queued') {
    log.debug('queued', { ...context, queued: report.queued });
    logErrors(report.errors, context, log);
    return;
  }
  // Field by field, since every message comes through here.
  const { requestId, connectionId, meetingId } = context;
  log.debug('routed', { requestId, connectionId, meetingId, sent: report.sent });
  logSends(report, context, log);
}
