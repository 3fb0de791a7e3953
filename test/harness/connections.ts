import type { Connection } from '../../src/meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../../src/protocol/ids.ts';

/** A connection with boring defaults, so that a test shows only what it is about. */
export function aConnection(
  given: {
    connectionId?: string;
    meetingId?: string;
    userId?: string;
    userName?: string;
    connectedAtMs?: number;
    client?: 'plain' | 'v1';
  } = {},
): Connection {
  const { connectionId = 'alice-1', meetingId = 'standup', userId = 'alice' } = given;
  return {
    connectionId: connectionId as ConnectionId,
    meetingId: meetingId as MeetingId,
    userId: userId as UserId,
    userName: given.userName ?? 'Alice',
    connectedAtMs: given.connectedAtMs ?? Date.UTC(2026, 10, 22),
    client: given.client ?? 'plain',
  };
}
