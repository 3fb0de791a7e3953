import type { Delivery, Recipient } from '../meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../protocol/ids.ts';

/** What stands in the first line of a message, before the payload's own text. */
type Header = {
  readonly version: 1;
  readonly meetingId: MeetingId;
  readonly seq?: number | undefined;
  readonly sinceMs: number;
  readonly delays: number;
  /** Each as its ids and times, joinedAtMs if there is one; their meeting is the same. */
  readonly recipients: readonly (readonly [ConnectionId, UserId, number, number?])[];
};

/**
 * A delivery as the body of a queue's message. The payload follows the header as it is: as a string within it, all its
 * quotes would be escaped, and 128 KB might become 256.
 */
export function encodeDelivery({ recipients, payload, sinceMs, delays }: Delivery): string {
  const [first] = recipients;
  if (!first) throw new Error('a delivery needs a recipient');
  const { meetingId } = first;
  const header: Header = {
    ...{ version: 1, meetingId, seq: payload.seq, sinceMs, delays },
    recipients: recipients.map(({ connectionId, userId, connectedAtMs, joinedAtMs }) =>
      joinedAtMs === undefined
        ? [connectionId, userId, connectedAtMs]
        : [connectionId, userId, connectedAtMs, joinedAtMs],
    ),
  };
  return escapeNoncharacters(`${JSON.stringify(header)}\n${payload.text}`);
}

/** Reads such a body. Throws where it isn't one. */
export function decodeDelivery(body: string): Delivery {
  const end = body.indexOf('\n');
  const { version, meetingId, seq, sinceMs, delays, recipients } = JSON.parse(body.slice(0, end)) as Header;
  if (version !== 1) throw new Error(`a delivery of version ${String(version)} can't be read`);
  return {
    recipients: recipients.map(([connectionId, userId, connectedAtMs, joinedAtMs]): Recipient => {
      return { connectionId, meetingId, userId, connectedAtMs, joinedAtMs };
    }),
    payload: { seq, text: body.slice(end + 1) },
    sinceMs,
    delays,
  };
}

/**
 * SQS takes the characters that XML takes, and puts U+FFFD in place of others. Of those JSON itself leaves only these two
 * as they are, and only within strings:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
function escapeNoncharacters(json: string): string {
  return json.replaceAll('\ufffe', '\\ufffe').replaceAll('\uffff', '\\uffff');
}
