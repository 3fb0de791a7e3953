import { connect } from '../../src/meeting/connect.ts';
import type { Connection } from '../../src/meeting/ports.ts';
import { parseConnectQuery } from '../../src/protocol/connectQuery.ts';
import { ProtocolError } from '../../src/protocol/errors.ts';
import type { Backend } from '../shared/backend.ts';
import { type ConnectEvent, connectionIdOf, type ProxyResult } from '../shared/events.ts';
import { refusalOf } from '../shared/refusalOf.ts';

/** `$connect`: admits the connection to its meeting, or refuses the upgrade with a status and a body that says why. */
export const createOnConnect =
  (backend: Backend) =>
  async (event: ConnectEvent): Promise<ProxyResult> => {
    const { requestId } = event.requestContext;
    const connectionId = connectionIdOf(event);
    try {
      const connection = readConnection(event);
      const evicted = await connect(connection, backend);
      const { meetingId, userId } = connection;
      backend.log.info('connected', { requestId, connectionId, meetingId, userId, evicted: evicted.length });
      return { statusCode: 200 };
    } catch (error) {
      const context = { requestId, connectionId, routeKey: '$connect' };
      const { status, code, message } = refusalOf(error, backend.log, context);
      return { statusCode: status, body: JSON.stringify({ code, message }) };
    }
  };

function readConnection(event: ConnectEvent): Connection {
  if (offersSubprotocol(event)) throw new ProtocolError('unsupported_subprotocol');
  const connectionId = connectionIdOf(event);
  const request = parseConnectQuery(event.queryStringParameters, connectionId);
  return { connectionId, ...request, connectedAtMs: event.requestContext.connectedAt };
}

/** Header names arrive in the client's own spelling. */
function offersSubprotocol({ headers }: ConnectEvent): boolean {
  return Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'sec-websocket-protocol');
}
