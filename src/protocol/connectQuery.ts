import { ProtocolError } from './errors.ts';
import { type ConnectionId, isText, type MeetingId, TEXT_RULE, type UserId } from './ids.ts';

/** The query parameters of the upgrade request; API Gateway leaves the object out when there are none. */
export type ConnectQuery = Readonly<Record<string, string | undefined>> | null | undefined;

/** Who wants to be in which meeting. */
export type ConnectRequest = {
  readonly meetingId: MeetingId;
  readonly userId: UserId;
  readonly userName: string;
};

/**
 * Reads `?meetingId=…&userId=…&userName=…`.
 *
 * An empty `userId` or `userName` counts as absent: the userId is then the connectionId, the name `Anonymous`.
 * Throws a {@link ProtocolError} that names the parameter.
 */
export function parseConnectQuery(query: ConnectQuery, connectionId: ConnectionId): ConnectRequest {
  return {
    meetingId: parseMeetingId(query),
    userId: (parameter(query, 'userId') || connectionId) as UserId,
    userName: parameter(query, 'userName') || 'Anonymous',
  };
}

/** Reads `?meetingId=…` alone. Throws a {@link ProtocolError} that names the parameter. */
export function parseMeetingId(query: ConnectQuery): MeetingId {
  const meetingId = parameter(query, 'meetingId');
  if (meetingId) return meetingId as MeetingId;
  throw new ProtocolError('missing_meeting_id', 'meetingId is missing: add ?meetingId=… to the URL.');
}

function parameter(query: ConnectQuery, name: 'meetingId' | 'userId' | 'userName'): string | undefined {
  const value = query?.[name];
  if (value && !isText(value)) {
    throw new ProtocolError('invalid_request', `${name} ${TEXT_RULE}.`, { details: { field: name } });
  }
  return value;
}
