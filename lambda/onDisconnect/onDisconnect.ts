import { leaveReason } from '../../src/meeting/leaveReason.ts';
import type { Backend } from '../shared/backend.ts';
import { connectionIdOf, type DisconnectEvent, type ProxyResult } from '../shared/events.ts';
import { refusalOf } from '../shared/refusalOf.ts';

/** `$disconnect`: ends the connection's membership, unless something else already has. Nobody hears the answer. */
export const createOnDisconnect =
  ({ meetings, log }: Pick<Backend, 'meetings' | 'log'>) =>
  async (event: DisconnectEvent): Promise<ProxyResult> => {
    const { requestId, disconnectStatusCode, disconnectReason } = event.requestContext;
    const connectionId = connectionIdOf(event);
    const reason = leaveReason(disconnectStatusCode, disconnectReason);
    try {
      const left = await meetings.leave(connectionId, reason);
      const meetingId = left.outcome === 'already-gone' ? undefined : left.connection.meetingId;
      log.info('disconnected', { requestId, connectionId, meetingId, reason, outcome: left.outcome });
      return { statusCode: 200 };
    } catch (error) {
      const context = { requestId, connectionId, routeKey: '$disconnect' };
      return { statusCode: refusalOf(error, log, context).status };
    }
  };
