/**
 * Limits that every client meets, whoever runs the backend.
 *
 * Those marked "API Gateway" are its quotas and can't be raised:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const protocolLimits = {
  /** API Gateway: a whole message, in either direction, in UTF-8 bytes. */
  messageBytes: 131_072,
  /** API Gateway: one WebSocket frame from a client, in bytes. */
  frameBytes: 32_768,
  /** API Gateway: a connection without a message in either direction. */
  idleSeconds: 600,
  /** API Gateway: a connection's life. */
  connectionSeconds: 7200,
  /** Ids and names, in Unicode characters (code points). */
  textCharacters: 128,
  /** How deep `data` may nest; deeper values overflow the stack of whoever walks them recursively. */
  dataDepth: 128,
  /** What a connection tells of itself, as JSON in UTF-8 bytes. */
  attributesBytes: 2048,
  /** A frame that is logged, with its envelope, in UTF-8 bytes. */
  entryBytes: 65_536,
  /** Entries in one frame, and their text in UTF-8 bytes. */
  entriesPerPage: 300,
  entryPageBytes: 65_536,
  /** Participants in one frame, as JSON in UTF-8 bytes. */
  rosterBytes: 49_152,
  participantsPerPage: 300,
} as const;
