import type { LeaveReason } from './ports.ts';

const NORMAL_CLOSURE = 1000;
const GOING_AWAY = 1001;
const NO_STATUS_RECEIVED = 1005;

/**
 * Reads `$disconnect`'s code and reason: what a client does when it means to go, what API Gateway does to a
 * connection that is idle or too old, and everything else.
 *
 * 1001 is ambiguous: a browser sends it without text when its tab closes, API Gateway with "Going away".
 */
export function leaveReason(statusCode: number | undefined, reason: string | undefined): LeaveReason {
  switch (statusCode) {
    case NORMAL_CLOSURE:
    case NO_STATUS_RECEIVED:
      return 'left';
    case GOING_AWAY:
      if (!reason) return 'left';
      return reason === 'Going away' ? 'expired' : 'connection-lost';
    default:
      return 'connection-lost';
  }
}
