/** API Gateway's own words to a client whose message reached no integration, or whose integration failed. */
export type GatewayMessage =
  | 'Forbidden'
  | 'Internal server error'
  | 'Endpoint request timed out'
  | 'Too Many Requests';

/** The frame as captured on AWS to the byte: a space behind the first colon and each comma, none elsewhere. */
export function gatewayFrame(message: GatewayMessage, connectionId: string, requestId: string): string {
  return `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
}
