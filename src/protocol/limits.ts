/**
 * Limits that every client meets, whoever runs the backend.
 *
 * Those marked "API Gateway" are its quotas and can't be raised:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const protocolLimits = {
  /** API Gateway: a whole message, in either direction, in UTF-8 bytes. */
  messageBytes: 131_072,
  /** Ids and names, in Unicode characters (code points). */
  textCharacters: 128,
  /** How deep `data` may nest; deeper values overflow the stack of whoever walks them recursively. */
  dataDepth: 128,
} as const;
