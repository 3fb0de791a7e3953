// How long a client waits for what, in milliseconds, and how much it keeps. Single constants, so that a bundle has no
// names of them.

/** Each step of an attempt to connect: the token, the upgrade, the welcome, a page of the roster. */
export const ATTEMPT_MS = 15_000;
/** The longest pause before the first attempt after a loss; it doubles with each failure up to the second. */
export const FIRST_DELAY_MS = 500;
export const LONGEST_DELAY_MS = 30_000;
/** A connection that lasted so long has failed for a reason of its own: pauses start anew. */
export const STABLE_MS = 10_000;
/** After `bye` for flooding, before another attempt. */
export const FLOODED_MS = 10_000;
/** A reply that takes longer makes the connection suspect: it is asked for a `pong`. */
export const SUSPECT_MS = 10_000;
/** API Gateway answers within 29 s or never. */
export const REPLY_MS = 30_000;
/** A request that isn't a chat gives up after so long, sent or not. */
export const PATIENCE_MS = 60_000;
/** A repeated chat is recognised for 24 hours. */
export const CHAT_PATIENCE_MS = 23 * 3_600_000;
/** Pauses before a request is repeated that the server failed to do: doubled each time. */
export const RETRY_MS = 500;
/** Live lines of the log come in any order; a hole is given so long to close by itself. */
export const HOLE_MS = 300;
/** Without a numbered frame for so long, the last one may have been missed. */
export const SILENCE_MS = 60_000;
/** API Gateway ends a connection after 10 minutes without a message. */
export const HEARTBEAT_MS = 240_000;
export const PONG_MS = 10_000;
/** A renewed connection is listened to for so long: what was on its way to it may be nowhere else. */
export const LINGER_MS = 5000;
/** Who lost their connection is reported as gone after so long. */
export const HOLD_MS = 15_000;
/** A signal that is missing is waited for so long. */
export const SIGNAL_HOLE_MS = 500;
/** How long `leave` waits for its ack before it closes all the same. */
export const LEAVE_MS = 3000;

/** Chats that wait for their turn, and requests that wait to be sent; beyond, one is rejected at once. */
export const QUEUED = 256;
/** Ids of messages that have come, to drop what comes twice. */
export const RECENT_MESSAGES = 1024;
/** How often a request is repeated that the server failed to do. */
export const REPEATS = 6;
