import { type DeliveryReport, deliver } from '../../src/meeting/deliver.ts';
import { findRecipients } from '../../src/meeting/findRecipients.ts';
import type { Connection } from '../../src/meeting/ports.ts';
import { relay, type Stamp } from '../../src/meeting/relay.ts';
import { takeToken } from '../../src/meeting/takeToken.ts';
import { ProtocolError } from '../../src/protocol/errors.ts';
import { encodeFrame } from '../../src/protocol/frames.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';
import { parseSendMessage } from '../../src/protocol/sendMessage.ts';
import type { Backend } from '../shared/backend.ts';
import { connectionIdOf, type MessageEvent } from '../shared/events.ts';
import { replying } from '../shared/replying.ts';

/** `sendMessage`: relays a message to a connection, a user or everyone of the sender's meeting, and acks it. */
export const createSendMessage = (backend: Backend) =>
  replying(backend, async (event: MessageEvent) => {
    const connectionId = connectionIdOf(event);
    await takeToken(backend.rateLimit, connectionId);
    const sender = await findSender(backend, connectionId);

    const request = parseSendMessage(event.body);
    const { audience, frame } = relay(sender, request, stamp(backend));
    const payload = encodeFrame(frame);

    const recipients = await findRecipients(backend.meetings, sender, audience);
    const report = await deliver(recipients, payload, backend);
    logDelivery(event, sender, { ...report, log: backend.log });

    const { sent, failed, stale } = report;
    const { requestId } = request;
    return { type: 'ack', requestId, messageId: frame.messageId, sent, failed, stale: stale.length };
  });

async function findSender({ meetings }: Backend, connectionId: ConnectionId): Promise<Connection> {
  const sender = await meetings.find(connectionId);
  if (!sender) throw new ProtocolError('not_in_meeting');
  return sender;
}

function stamp({ now, newMessageId }: Backend): Stamp {
  return { messageId: newMessageId(), timestamp: new Date(now()).toISOString() };
}

function logDelivery(
  { requestContext: { requestId } }: MessageEvent,
  { connectionId, meetingId }: Connection,
  { log, sent, failed, stale, errors }: DeliveryReport & Pick<Backend, 'log'>,
): void {
  const context = { requestId, connectionId, meetingId };
  log.debug('routed', { ...context, sent });
  if (failed > 0) log.warn('send failed', { ...context, failed });
  for (const gone of stale) log.info('stale removed', { ...context, staleConnectionId: gone.connectionId });
  for (const error of errors) log.error('error', { ...context, error });
}
