/**
 * Every error a client can receive. Codes are stable for ever; PROTOCOL.md lists them.
 *
 * `status` follows HTTP. `retryable`: may the same request succeed later, unchanged?
 * `advice` tells a person what to do, and is the message when there is nothing more exact to say.
 */
export const errorCodes = {
  invalid_json: {
    status: 400,
    retryable: false,
    advice: 'Send each message as one JSON object in a text frame.',
  },
  invalid_request: {
    status: 400,
    retryable: false,
    advice: 'Correct the field that details.field names.',
  },
  unknown_action: {
    status: 400,
    retryable: false,
    advice: 'Set action to one of those in details.actions.',
  },
  missing_target: {
    status: 400,
    retryable: false,
    advice: 'Name a target: targetConnectionId, targetUserId or meetingId.',
  },
  missing_data: {
    status: 400,
    retryable: false,
    advice: 'Put what you send into data: any JSON value but null.',
  },
  invalid_message_type: {
    status: 400,
    retryable: false,
    advice:
      'Choose another messageType: a letter, then up to 63 of A-Z a-z 0-9 . _ : -, and no name of a server frame.',
  },
  missing_meeting_id: {
    status: 400,
    retryable: false,
    advice: 'Add ?meetingId=… to the URL.',
  },
  unsupported_subprotocol: {
    status: 400,
    retryable: false,
    advice: 'Offer the subprotocol cloudmeetx.v1, or none: this server speaks no other.',
  },
  origin_not_allowed: {
    status: 403,
    retryable: false,
    advice: 'Pages of this origin may not connect. Add it to ALLOWED_ORIGINS of the server.',
  },
  meeting_not_allowed: {
    status: 403,
    retryable: false,
    advice:
      'The token is for another meeting. Connect with the meetingId that it names, or get another token.',
  },
  meeting_locked: {
    status: 403,
    retryable: true,
    advice: 'The meeting is locked. Ask its host to unlock it, then try again.',
  },
  removed: {
    status: 403,
    retryable: false,
    advice: 'A host has removed you from this meeting. You may come back later, or ask the host.',
  },
  hosts_only: {
    status: 403,
    retryable: false,
    advice: 'Only a host of the meeting may do this.',
  },
  observers_only_listen: {
    status: 403,
    retryable: false,
    advice: 'An observer may not send to the whole meeting. Send to a user or a connection instead.',
  },
  meeting_full: {
    status: 403,
    retryable: true,
    advice: 'The meeting is full. Try again when somebody has left.',
  },
  not_in_meeting: {
    status: 403,
    retryable: false,
    advice: 'This connection is no longer in a meeting. Connect again.',
  },
  not_joined: {
    status: 403,
    retryable: false,
    advice: 'This connection has not joined yet. Send join first.',
  },
  other_meeting: {
    status: 403,
    retryable: false,
    advice: 'A connection reaches its own meeting only. Set meetingId to the one it connected with.',
  },
  target_not_found: {
    status: 404,
    retryable: false,
    advice: 'Nobody in this meeting has that connectionId or userId.',
  },
  request_id_reused: {
    status: 409,
    retryable: false,
    advice: 'Another chat has been sent with this requestId. Give each message one of its own.',
  },
  message_too_large: {
    status: 413,
    retryable: false,
    advice: 'With its envelope the message is over 131,072 bytes, or a chat over 65,536. Send less data.',
  },
  rate_limited: {
    status: 429,
    retryable: true,
    advice: 'Too many messages. Wait retryAfterMs, then send again.',
  },
  internal_error: {
    status: 500,
    retryable: true,
    advice: 'The server failed. Send again later.',
  },
} as const satisfies Record<string, { status: number; retryable: boolean; advice: string }>;

/** A stable code of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes;

/** What an error may add to its code and message. */
export type ProtocolErrorOptions = ErrorOptions & {
  /** Facts for programs: `{ field }`, `{ actions }`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** With `rate_limited`: how long to wait, in milliseconds. */
  readonly retryAfterMs?: number;
};

/** The client's fault: told to that client, and never an alarm. Its message holds nothing internal. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string = errorCodes[code].advice,
    options: ProtocolErrorOptions = {},
  ) {
    super(message, options);
    this.code = code;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** The HTTP status that goes with the code. */
  get status(): number {
    return errorCodes[this.code].status;
  }
}
