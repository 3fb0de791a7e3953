import { leave } from '../../src/meeting/leave.ts';
import { parseLeave } from '../../src/protocol/leave.ts';
import type { Backend } from '../shared/backend.ts';
import { connectionRoute } from '../shared/connectionRoute.ts';
import { logErrors } from '../shared/logErrors.ts';

/** `leave`: ends the connection's membership, so that its closing is no news to anybody. */
export const createLeave = (backend: Backend) =>
  connectionRoute(backend, async (connection, event) => {
    const { requestId } = parseLeave(event.body);
    const { outcome, errors } = await leave(connection, 'left', backend);

    const { connectionId, meetingId } = connection;
    const context = { requestId: event.requestContext.requestId, connectionId, meetingId };
    backend.log.info('left', { ...context, reason: 'left', outcome });
    logErrors(errors, context, backend.log);
    return { type: 'ack', requestId };
  });
