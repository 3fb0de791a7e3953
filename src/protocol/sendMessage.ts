import { faultOfData } from './data.ts';
import { type ErrorCode, ProtocolError } from './errors.ts';
import { type ConnectionId, isText, type MeetingId, TEXT_RULE, type UserId } from './ids.ts';
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
const messageTypeSyntax = /^[A-Za-z][A-Za-z0-9._:-]{0,63}$/;
const clientSeqRule = `must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;

/**
 * Reads the text frame of a `sendMessage`, or throws a {@link ProtocolError} that says what to change.
 *
 * Without a schema: every message of a meeting comes through here, and this takes a fifth of the time. Each optional field
 * may also be null: deployed clients send null for what they have no value for.
 */
export function parseSendMessage(frame: string): SendMessage {
  const body = parseBody(frame);
  const target = parseTarget(body);
  const { data, messageType, requestId, clientSeq } = body;
  if (!isPresent(data)) throw new ProtocolError('missing_data', undefined, { details: { field: 'data' } });
  return {
    target,
    messageType: isPresent(messageType) ? parseMessageType(messageType) : 'message',
    data: parseData(data),
    requestId: isPresent(requestId) ? parseText('requestId', requestId) : undefined,
    clientSeq: isPresent(clientSeq) ? parseClientSeq(clientSeq) : undefined,
  };
}

/** The most specific target wins; the others aren't even looked at, since deployed clients send several. */
function parseTarget({ targetConnectionId, targetUserId, meetingId }: RequestBody): Target {
  if (isPresent(targetConnectionId)) {
    const connectionId = parseText('targetConnectionId', targetConnectionId) as ConnectionId;
    return { kind: 'connection', connectionId };
  }
  if (isPresent(targetUserId)) {
    return { kind: 'user', userId: parseText('targetUserId', targetUserId) as UserId };
  }
  if (isPresent(meetingId)) {
    return { kind: 'meeting', meetingId: parseText('meetingId', meetingId) as MeetingId };
  }
  throw new ProtocolError('missing_target');
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

function parseText(field: string, value: unknown): string {
  if (isText(value)) return value;
  throw fault(field, TEXT_RULE);
}

function parseMessageType(value: unknown): string {
  if (typeof value !== 'string' || !messageTypeSyntax.test(value))
    throw fault('messageType', messageTypeRule, 'invalid_message_type');
  if (reservedMessageTypes.has(value))
    throw fault('messageType', 'is the name of a server frame: choose another', 'invalid_message_type');
  return value;
}

function parseData(value: unknown): unknown {
  const rule = faultOfData(value);
  if (rule !== undefined) throw fault('data', rule);
  return value;
}

function parseClientSeq(value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw fault('clientSeq', clientSeqRule);
}

const fault = (field: string, rule: string, code: ErrorCode = 'invalid_request'): ProtocolError =>
  new ProtocolError(code, `${field} ${rule}.`, { details: { field } });
