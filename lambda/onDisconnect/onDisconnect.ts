import { leave } from '../../src/meeting/leave.ts';
import { leaveReason } from '../../src/meeting/leaveReason.ts';
import type { MeetingId } from '../../src/protocol/ids.ts';
import type { Backend } from '../shared/backend.ts';
import { connectionIdOf, type DisconnectEvent, type ProxyResult } from '../shared/events.ts';
import { logErrors } from '../shared/logErrors.ts';
import { refusalOf } from '../shared/refusalOf.ts';

/**
 * `$disconnect`: ends the connection's membership and tells the others, unless something else already has. Nobody hears
 * the answer.
 */
export const createOnDisconnect =
  (backend: Backend) =>
  async (event: DisconnectEvent): Promise<ProxyResult> => {
    const { log } = backend;
    const { requestId, disconnectStatusCode, disconnectReason } = event.requestContext;
    const connectionId = connectionIdOf(event);
    const reason = leaveReason(disconnectStatusCode, disconnectReason);
    let meetingId: MeetingId | undefined;
    try {
      const connection = await backend.meetings.find(connectionId);
      meetingId = connection?.meetingId;
      const left = connection ? await leave(connection, reason, backend) : nothingLeft;
      const context = { requestId, connectionId, meetingId };
      log.info('disconnected', { ...context, reason, outcome: left.outcome });
      logErrors(left.errors, context, log);
      return { statusCode: 200 };
    } catch (error) {
      const context = { requestId, connectionId, meetingId, routeKey: '$disconnect' };
      return { statusCode: refusalOf(error, log, context).status };
    }
  };

const nothingLeft = { outcome: 'already-gone', errors: [] } as const;
