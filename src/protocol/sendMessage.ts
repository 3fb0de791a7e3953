import * as v from 'valibot';
import { data } from './data.ts';
import { ProtocolError } from './errors.ts';
import { parseFields, wholeNumber } from './fields.ts';
import { type ConnectionId, isText, type MeetingId, TEXT_RULE, text, type UserId } from './ids.ts';
import { parseBody, type RequestBody } from './request.ts';

/** Whom a message is for. */
export type Target =
  | { readonly kind: 'connection'; readonly connectionId: ConnectionId }
  | { readonly kind: 'user'; readonly userId: UserId }
  | { readonly kind: 'meeting'; readonly meetingId: MeetingId };

/** A `sendMessage` request that keeps the rules of PROTOCOL.md. */
export type SendMessage = {
  readonly target: Target;
  readonly messageType: string;
  /** Any JSON value but null, nested at most 128 deep. */
  readonly data: unknown;
  readonly requestId: string | undefined;
  /** The sender's own number for the message; travels to the recipients untouched. */
  readonly clientSeq: number | undefined;
};

/** Types of the frames that only a server sends. A client that could send them could deceive others. */
const reservedMessageTypes: ReadonlySet<string> = new Set([
  'ack',
  'error',
  'welcome',
  'pong',
  'history',
  'participants',
  'bye',
  'void',
]);

const messageTypeRule = 'must be a letter, then at most 63 of A-Z a-z 0-9 . _ : -';

// Each optional field may also be null: deployed clients send null for what they have no value for.
const fields = v.object({
  messageType: v.nullish(
    v.pipe(
      v.string(messageTypeRule),
      v.regex(/^[A-Za-z][A-Za-z0-9._:-]{0,63}$/, messageTypeRule),
      v.check((type) => !reservedMessageTypes.has(type), 'is the name of a server frame: choose another'),
    ),
    'message',
  ),
  data,
  requestId: v.nullish(text),
  clientSeq: v.nullish(wholeNumber({ min: 0 })),
});

const codes = { messageType: 'invalid_message_type' } as const;

/** Reads the text frame of a `sendMessage`, or throws a {@link ProtocolError} that says what to change. */
export function parseSendMessage(frame: string): SendMessage {
  const body = parseBody(frame);
  const target = parseTarget(body);
  if (!isPresent(body.data)) {
    throw new ProtocolError('missing_data', undefined, { details: { field: 'data' } });
  }
  const { requestId, clientSeq, ...output } = parseFields(fields, body, codes);
  return { target, ...output, requestId: requestId ?? undefined, clientSeq: clientSeq ?? undefined };
}

/** The most specific target wins; the others aren't even looked at, since deployed clients send several. */
function parseTarget({ targetConnectionId, targetUserId, meetingId }: RequestBody): Target {
  if (isPresent(targetConnectionId)) {
    return { kind: 'connection', connectionId: id('targetConnectionId', targetConnectionId) as ConnectionId };
  }
  if (isPresent(targetUserId)) return { kind: 'user', userId: id('targetUserId', targetUserId) as UserId };
  if (isPresent(meetingId)) return { kind: 'meeting', meetingId: id('meetingId', meetingId) as MeetingId };
  throw new ProtocolError('missing_target');
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

function id(field: string, value: unknown): string {
  if (isText(value)) return value;
  throw new ProtocolError('invalid_request', `${field} ${TEXT_RULE}.`, { details: { field } });
}
