import { errorCodes, ProtocolError } from './errors.ts';
import type { ConnectionId, UserId } from './ids.ts';
import { protocolLimits } from './limits.ts';

/** Who sent a message, in the server's words. */
type Author = {
  readonly connectionId: ConnectionId;
  readonly userId: UserId;
  readonly userName: string;
};

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

/** The reply to a `sendMessage`: of its recipients, how many were sent to, failed, or turned out to be gone. */
type AckFrame = {
  readonly type: 'ack';
  readonly requestId?: string | undefined;
  readonly messageId: string;
  readonly sent: number;
  readonly failed: number;
  readonly stale: number;
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
type ByeFrame = {
  readonly type: 'bye';
  readonly code: 'replaced';
  readonly message: string;
};

/** Any frame a server of this version sends. */
export type ServerFrame = MessageFrame | AckFrame | ErrorFrame | ByeFrame;

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
