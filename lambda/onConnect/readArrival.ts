import type { Connection } from '../../src/meeting/ports.ts';
import { parseConnectQuery, parseMeetingId } from '../../src/protocol/connectQuery.ts';
import { ProtocolError } from '../../src/protocol/errors.ts';
import type { Identity } from '../../src/protocol/identity.ts';
import { isText, type MeetingId, type UserId } from '../../src/protocol/ids.ts';
import { roles } from '../../src/protocol/participants.ts';
import { clientOf } from '../../src/protocol/subprotocols.ts';
import type { Backend } from '../shared/backend.ts';
import { type ConnectEvent, connectionIdOf } from '../shared/events.ts';
import { offerOf } from '../shared/headers.ts';

/**
 * Who arrives where. By the authorizer's word, where there is one: what the query says of the person is then ignored.
 *
 * Throws a {@link ProtocolError} that says what to change; any other error where authentication is on and no authorizer
 * has said who it is, for then the deployment is wrong, and the client's own word must not do.
 */
export function readArrival(event: ConnectEvent, authentication: Backend['authentication']): Connection {
  const { connectedAt, authorizer } = event.requestContext;
  const client = clientOf(offerOf(event));
  const connectionId = connectionIdOf(event);
  const arrival = { connectionId, connectedAtMs: connectedAt, client };
  const query = event.queryStringParameters;
  if (authorizer) return { ...arrival, ...withIdentity(parseMeetingId(query), readIdentity(authorizer)) };
  if (authentication === 'off') return { ...arrival, ...parseConnectQuery(query, connectionId) };
  throw new Error(
    'authentication is on, and $connect has no authorizer: attach the function authorize to it',
  );
}

type Member = Pick<Connection, 'meetingId' | 'userId' | 'userName' | 'role'>;

function withIdentity(
  meetingId: MeetingId,
  { meetingId: allowed = meetingId, ...identity }: Identity,
): Member {
  if (allowed !== meetingId) throw new ProtocolError('meeting_not_allowed');
  return { meetingId, ...identity };
}

/** What `authorize` put into its answer, which API Gateway hands on as text. */
function readIdentity(context: Readonly<Record<string, unknown>>): Identity {
  const { userId, userName, meetingId } = context;
  const role = roles.find((one) => one === context.role);
  if (isText(userId) && isText(userName) && role && (meetingId === undefined || isText(meetingId))) {
    return { userId: userId as UserId, userName, role, meetingId: meetingId as MeetingId | undefined };
  }
  throw new Error('the authorizer of $connect told no identity: it must be the function authorize');
}
