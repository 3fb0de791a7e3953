/**
 * API Gateway's quotas for WebSocket APIs. "Fixed" ones can't be raised, so handlers meet them here as they do there.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const gatewayLimits = {
  /** Fixed: a whole message, either way, in bytes. */
  messageBytes: 128 * 1024,
  /** Fixed: one frame from a client, in bytes. */
  frameBytes: 32 * 1024,
  /** Fixed: without a message in either direction. */
  idleMs: 10 * 60_000,
  /** Fixed: however busy. */
  connectionMs: 2 * 3_600_000,
  /** Fixed: the longest that an integration may take. */
  integrationMs: 29_000,
  /** Fixed: what an authorizer returns, as JSON in bytes. */
  authorizerResultBytes: 8 * 1024,
  /** Fixed: path and query, in characters. */
  urlCharacters: 4096,
  /** Account quota, raisable: new connections. */
  connectsPerSecond: 500,
  /** Account quota, raisable: messages and `@connections` calls together. */
  requestsPerSecond: 10_000,
  /** Account quota, fixed. */
  requestBurst: 5000,
} as const;

/** What this gateway bounds by itself, where API Gateway's own bounds aren't known. */
export const ownLimits = {
  /** Unsent bytes a connection may have waiting; then it isn't reading, and is cut off. */
  bufferedBytes: 1024 * 1024,
  /** Messages of one connection being handled at once; the others wait, and the socket is not read from. */
  invocationsPerConnection: 256,
  /** How long a peer may take to answer a close frame, and earlier messages to be answered before it. */
  closeMs: 5000,
  /** How long a stopping gateway waits: for handlers, then for peers, then for the last $disconnect. */
  stopMs: { handlers: 2000, peers: 2000, disconnects: 1000 },
} as const;
