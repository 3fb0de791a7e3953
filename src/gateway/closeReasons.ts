/** How a connection ended, as `$disconnect` is told. */
export type ConnectionEnd = { readonly code: number; readonly reason: string };

/** Ends that the gateway brings about. Texts marked "observed" were captured on AWS; the others are assumed. */
export const gatewayEnds = {
  /** Idle for too long (observed), open for too long (assumed the same), or the gateway stops. */
  goingAway: { code: 1001, reason: 'Going away' },
  /** The backend deleted the connection (observed). */
  deleted: { code: 1000, reason: 'Connection Closed Normally' },
  /** A binary frame; documented code, assumed text. */
  binary: { code: 1003, reason: 'Binary frames are not supported' },
  /** A frame or message over the limit; documented code, assumed text. */
  tooBig: { code: 1009, reason: 'Message too big' },
  /** The socket died without a close frame. */
  lost: { code: 1006, reason: '' },
} as const satisfies Record<string, ConnectionEnd>;

const NO_STATUS_RECEIVED = 1005;

/** The end that a peer's close frame says, or that its absence means. */
export function peerEnd(code: number, reason: string): ConnectionEnd {
  if (code === NO_STATUS_RECEIVED) return { code, reason: 'Client-side close frame status not set' };
  return { code, reason };
}

/** The end that an error of `ws` means: what it told the peer that broke the protocol. */
export function protocolEnd(error: Error & { readonly code?: string }): ConnectionEnd {
  switch (error.code) {
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
      return gatewayEnds.tooBig;
    case 'WS_ERR_TOO_MANY_BUFFERED_PARTS':
      return { code: 1008, reason: '' };
    case 'WS_ERR_INVALID_UTF8':
      return { code: 1007, reason: '' };
    default:
      return error.code?.startsWith('WS_ERR_') ? { code: 1002, reason: '' } : gatewayEnds.lost;
  }
}
