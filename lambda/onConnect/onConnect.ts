import { connect } from '../../src/meeting/connect.ts';
import type { Connection } from '../../src/meeting/ports.ts';
import type { MeetingId } from '../../src/protocol/ids.ts';
import { V1 } from '../../src/protocol/subprotocols.ts';
import type { Backend } from '../shared/backend.ts';
import { type ConnectEvent, connectionIdOf, type ProxyResult } from '../shared/events.ts';
import { logErrors } from '../shared/logErrors.ts';
import { refusalOf } from '../shared/refusalOf.ts';
import { checkOrigin } from './checkOrigin.ts';
import { readArrival } from './readArrival.ts';

/** `$connect`: admits the connection to its meeting, or refuses the upgrade with a status and a body that says why. */
export const createOnConnect =
  (backend: Backend) =>
  async (event: ConnectEvent): Promise<ProxyResult> => {
    const { requestId } = event.requestContext;
    const connectionId = connectionIdOf(event);
    let meetingId: MeetingId | undefined;
    try {
      checkOrigin(event, backend);
      const connection = readArrival(event, backend.authentication);
      meetingId = connection.meetingId;
      const { evicted, errors } = await connect(connection, backend);
      const { userId, client, role } = connection;
      const context = { requestId, connectionId, meetingId };
      backend.log.info('connected', { ...context, userId, role, client, evicted: evicted.length });
      logErrors(errors, context, backend.log);
      return { statusCode: 200, ...acceptance(connection) };
    } catch (error) {
      const context = { requestId, connectionId, meetingId, routeKey: '$connect' };
      const { status, code, message } = refusalOf(error, backend.log, context);
      return { statusCode: status, body: JSON.stringify({ code, message }) };
    }
  };

/** A browser gives up a connection whose subprotocol isn't confirmed. */
function acceptance({ client }: Connection): Pick<ProxyResult, 'headers'> {
  return client === 'v1' ? { headers: { 'Sec-WebSocket-Protocol': V1 } } : {};
}
