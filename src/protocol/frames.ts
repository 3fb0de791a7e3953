import { errorCodes, ProtocolError } from './errors.ts';
import type { ConnectionId, MeetingId, UserId } from './ids.ts';
import { protocolLimits } from './limits.ts';
import type { Author, Participant, Role } from './participants.ts';

/** What a participant receives when another sends. The shape is fixed; later fields only add to it. */
export type MessageFrame = {
  readonly type: string;
  readonly from: Author;
  readonly data: unknown;
  /** ISO 8601 in UTC with milliseconds, by the server's clock. */
  readonly timestamp: string;
  readonly messageId: string;
  /** Whom a direct message was addressed to; absent on a broadcast. */
  readonly to?: { readonly connectionId: ConnectionId } | { readonly userId: UserId };
  readonly clientSeq?: number | undefined;
};

/**
 * The reply to a request that was done. Of a `sendMessage` it says how many recipients were sent to, failed, or turned
 * out to be gone, or instead how many are yet to be sent to, and of a logged chat its place in the log.
 */
type AckFrame = {
  readonly type: 'ack';
  readonly requestId?: string | undefined;
  readonly messageId?: string;
  readonly seq?: number | undefined;
  readonly sent?: number;
  readonly failed?: number;
  readonly stale?: number;
  readonly queued?: number;
};

/** A line of the log, as it was sent live; or `{ type: "void", seq }`. */
export type LoggedFrame = Readonly<Record<string, unknown>>;

/** A STUN or TURN server, as `RTCPeerConnection` takes it. */
export type IceServer = {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
};

/** The reply to a `join`: who is there, what was missed, and what holds here. */
export type WelcomeFrame = {
  readonly type: 'welcome';
  readonly requestId?: string | undefined;
  readonly meetingId: MeetingId;
  readonly self: Author & { readonly role: Role; readonly joinedAt: string };
  readonly participants: readonly Participant[];
  /** Of the whole roster, which `participants` may be the beginning of. */
  readonly participantCount: number;
  readonly locked: boolean;
  readonly log: {
    readonly epoch: string;
    readonly seq: number;
    readonly entries: readonly LoggedFrame[];
    readonly more: boolean;
    readonly recovered: boolean;
  };
  readonly iceServers: readonly IceServer[];
  readonly limits: Readonly<Record<string, number>>;
  /** ISO 8601 in UTC with milliseconds. */
  readonly serverTime: string;
};

/** The reply to a `history`: lines of the log by `seq` upwards. */
type HistoryFrame = {
  readonly type: 'history';
  readonly requestId?: string | undefined;
  readonly epoch: string;
  /** The log's last line, which may be far from these. */
  readonly seq: number;
  readonly entries: readonly LoggedFrame[];
  readonly more: boolean;
};

/** The reply to a `participants`: part of the roster as it was when the log stood at `seq`. */
type ParticipantsFrame = {
  readonly type: 'participants';
  readonly requestId?: string | undefined;
  readonly epoch: string;
  readonly seq: number;
  readonly participants: readonly Participant[];
  readonly participantCount: number;
  readonly more: boolean;
};

/** The reply to a request that was refused or failed. */
export type ErrorFrame = {
  readonly type: 'error';
  readonly requestId?: string | undefined;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
};

/** The last word to a connection that the server is about to close: API Gateway lets nobody choose a close code. */
export type ByeFrame = {
  readonly type: 'bye';
  readonly code: 'replaced' | 'removed' | 'flooding';
  readonly message: string;
};

/** The reply to a `ping`. On AWS a mock integration gives it, so that it names no request. */
type PongFrame = { readonly type: 'pong' };

/** Any frame a server of this version sends. */
export type ServerFrame =
  | MessageFrame
  | AckFrame
  | ErrorFrame
  | ByeFrame
  | PongFrame
  | WelcomeFrame
  | HistoryFrame
  | ParticipantsFrame;

/** What the client is told of an error. */
export function errorFrame(error: ProtocolError, requestId: string | undefined): ErrorFrame {
  const { status, retryable } = errorCodes[error.code];
  const { code, message, retryAfterMs, details } = error;
  return { type: 'error', requestId, status, code, message, retryable, retryAfterMs, details };
}

/** The frame as text. Throws `message_too_large` where API Gateway would refuse to post it. */
export function encodeFrame(frame: ServerFrame): string {
  const encoded = JSON.stringify(frame);
  if (exceedsBytes(encoded, protocolLimits.messageBytes)) throw new ProtocolError('message_too_large');
  return encoded;
}

function exceedsBytes(encoded: string, bytes: number): boolean {
  // UTF-8 needs at most three bytes a UTF-16 unit, so that nearly every frame is spared the counting.
  return encoded.length * 3 > bytes && new TextEncoder().encode(encoded).length > bytes;
}
