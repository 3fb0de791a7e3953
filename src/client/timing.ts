/** How long a client waits for what, in milliseconds. PROTOCOL.md and DESIGN of API Gateway's limits say why. */
export const timing = {
  /** Each step of an attempt to connect: the token, the upgrade, the welcome, a page of the roster. */
  attemptMs: 15_000,
  /** The longest pause before the first attempt after a loss; it doubles with each failure up to the second. */
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  /** A connection that lasted so long has failed for a reason of its own: pauses start anew. */
  stableMs: 10_000,
  /** After `bye` for flooding, before another attempt. */
  floodedMs: 10_000,
  /** A reply that takes longer makes the connection suspect: it is asked for a `pong`. */
  suspectMs: 10_000,
  /** API Gateway answers within 29 s or never. */
  replyMs: 30_000,
  /** A request that isn't a chat gives up after so long, sent or not. */
  patienceMs: 60_000,
  /** A repeated chat is recognised for 24 hours. */
  chatPatienceMs: 23 * 3_600_000,
  /** Pauses before a request is repeated that the server failed to do: doubled each time. */
  retryMs: 500,
  /** Live lines of the log come in any order; a hole is given so long to close by itself. */
  holeMs: 300,
  /** Without a numbered frame for so long, the last one may have been missed. */
  silenceMs: 60_000,
  /** API Gateway ends a connection after 10 minutes without a message. */
  heartbeatMs: 240_000,
  pongMs: 10_000,
  /** A renewed connection is listened to for so long: what was on its way to it may be nowhere else. */
  lingerMs: 5000,
  /** Who lost their connection is reported as gone after so long. */
  holdMs: 15_000,
  /** A signal that is missing is waited for so long. */
  signalHoleMs: 500,
  /** How long `leave` waits for its ack before it closes all the same. */
  leaveMs: 3000,
} as const;

/** How much a client keeps. */
export const bounds = {
  /** Requests that wait to be sent; beyond, one is rejected at once. */
  queuedRequests: 256,
  /** Chats that wait for their turn. */
  queuedChats: 256,
  /** Ids of messages that have come, to drop what comes twice. */
  recentMessages: 1024,
  /** How often a request is repeated that the server failed to do. */
  repeats: 6,
} as const;
