import type { Connection } from '../../src/meeting/ports.ts';
import { isMember } from '../../src/meeting/user.ts';
import { ProtocolError } from '../../src/protocol/errors.ts';
import type { ServerFrame } from '../../src/protocol/frames.ts';
import { admit } from './admit.ts';
import type { Backend } from './backend.ts';
import { connectionIdOf, type MessageEvent, type ProxyResult } from './events.ts';
import { replying } from './replying.ts';

/** What a route does for the connection that a message came from. */
type ConnectionRoute = (connection: Connection, event: MessageEvent) => Promise<ServerFrame>;

/**
 * Makes a message route for connections that a meeting knows. Each message is counted against the connection's rate
 * before anything else is done for it. Throws `not_in_meeting` to one that isn't known any more.
 */
export function connectionRoute(
  backend: Backend,
  route: ConnectionRoute,
): (event: MessageEvent) => Promise<ProxyResult> {
  return replying(backend, async (event, context) => {
    await admit(event, backend);
    const connection = await backend.meetings.find(connectionIdOf(event));
    if (!connection) throw new ProtocolError('not_in_meeting');
    context.meetingId = connection.meetingId;
    return route(connection, event);
  });
}

/** Makes a message route for members. Throws `not_joined` to a v1 client that has not joined yet. */
export function memberRoute(
  backend: Backend,
  route: ConnectionRoute,
): (event: MessageEvent) => Promise<ProxyResult> {
  return connectionRoute(backend, async (connection, event) => {
    if (!isMember(connection)) throw new ProtocolError('not_joined');
    return route(connection, event);
  });
}
