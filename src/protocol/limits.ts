/** API Gateway: one WebSocket frame from a client, in bytes. */
export const FRAME_BYTES = 32_768;
/** What a connection tells of itself, as JSON in UTF-8 bytes. */
export const ATTRIBUTES_BYTES = 2048;
/** A frame that is logged, with its envelope, in UTF-8 bytes. */
export const ENTRY_BYTES = 65_536;

/**
 * Limits that every client meets, whoever runs the backend. What the client's bundle needs is above: it has no use for the
 * others.
 *
 * Those marked "API Gateway" are its quotas and can't be raised:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const protocolLimits = {
  /** API Gateway: a whole message, in either direction, in UTF-8 bytes. */
  messageBytes: 131_072,
  frameBytes: FRAME_BYTES,
  /** API Gateway: a connection without a message in either direction. */
  idleSeconds: 600,
  /** API Gateway: a connection's life. */
  connectionSeconds: 7200,
  /** Ids and names, in Unicode characters (code points). */
  textCharacters: 128,
  /** How deep `data` may nest; deeper values overflow the stack of whoever walks them recursively. */
  dataDepth: 128,
  attributesBytes: ATTRIBUTES_BYTES,
  entryBytes: ENTRY_BYTES,
  /** Entries in one frame, and their text in UTF-8 bytes. */
  entriesPerPage: 300,
  entryPageBytes: 65_536,
  /** Participants in one frame, as JSON in UTF-8 bytes. */
  rosterBytes: 49_152,
  participantsPerPage: 300,
} as const;
