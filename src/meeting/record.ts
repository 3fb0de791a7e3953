import { ProtocolError } from '../protocol/errors.ts';
import { encodeFrame, type MessageFrame } from '../protocol/frames.ts';
import { protocolLimits } from '../protocol/limits.ts';
import { textOf } from './entry.ts';
import type { Announcement, Connection, Meetings } from './ports.ts';
import type { Relay } from './relay.ts';

/** A message ready to be sent: its text, its name, and its place in the log if it has one. */
export type Recorded = Announcement & { readonly messageId: string };

/** Room for `"seq":` and any number. */
const SEQ_BYTES = 24;

/**
 * Writes a message to the meeting's log if it belongs there: a chat to everyone. Once that has returned, the message is
 * everyone's for good, whatever becomes of its delivery.
 *
 * A chat sent once more becomes the one that was logged the first time. Throws `message_too_large` and
 * `request_id_reused`.
 */
export async function record(
  sender: Connection,
  { audience, frame }: Relay,
  given: { readonly requestId: string | undefined; readonly meetings: Meetings },
): Promise<Recorded> {
  const { messageId } = frame;
  if (audience.kind !== 'meeting' || frame.type !== 'chat')
    return { text: encodeFrame(frame), seq: undefined, messageId };
  if (Buffer.byteLength(textOf(frame)) + SEQ_BYTES > protocolLimits.entryBytes)
    throw new ProtocolError('message_too_large');
  const result = await given.meetings.appendChat(sender, frame, given.requestId);
  switch (result.outcome) {
    case 'request-id-reused':
      throw new ProtocolError('request_id_reused');
    case 'duplicate':
      return { ...result.entry, messageId: (JSON.parse(result.entry.text) as MessageFrame).messageId };
    case 'appended':
      return { text: result.entry.text, seq: result.entry.seq, messageId };
  }
}
