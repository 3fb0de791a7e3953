import type { ErrorCode } from '../protocol/errors.ts';

/** What goes wrong on the client's side, in the style of the server's codes. */
export type ClientErrorCode =
  /** The connection ended before the reply came: it may have been done or not. */
  | 'connection_lost'
  /** There was no connection for too long: it wasn't sent. */
  | 'not_connected'
  /** The server didn't reply: it may have been done or not. */
  | 'no_reply'
  /** Too much waits to be sent already. */
  | 'queue_full'
  /** The client was closed. */
  | 'client_closed'
  /** An attempt to connect failed: a browser tells no more of it. */
  | 'unreachable'
  /** An attempt to connect took too long. */
  | 'timed_out'
  /** `getToken` failed; `cause` says how. */
  | 'token_failed'
  /** A listener threw; `cause` is what. */
  | 'listener_failed'
  /** A frame of API Gateway itself, which answers no particular request. */
  | 'gateway_error';

/** A code of PROTOCOL.md or of this client; servers to come may have others. */
export type MeetingErrorCode = ErrorCode | ClientErrorCode | (string & Record<never, never>);

/** What an error may say besides its code and message. */
export type MeetingErrorOptions = ErrorOptions & {
  readonly retryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
};

/** Why something was not done, with a code to branch on. Its message is for a person. */
export class MeetingError extends Error {
  override readonly name = 'MeetingError';
  readonly code: MeetingErrorCode;
  /** May the same succeed later, unchanged? */
  readonly retryable: boolean;
  /** How long to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: MeetingErrorCode, message: string, options: MeetingErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
  }
}

/** Of what too much waits already. */
export const queueFull = (): MeetingError =>
  new MeetingError('queue_full', 'Too much waits to be sent.', { retryable: true });

/** Of what was sent, and perhaps done. */
export const unanswered = (code: 'connection_lost' | 'no_reply'): MeetingError =>
  new MeetingError(code, 'No reply came: it may have been done.');

/** Of what was never sent. */
export const notConnected = (): MeetingError =>
  new MeetingError('not_connected', 'There was no connection: it was not sent.', { retryable: true });
