import { remove } from '../../src/meeting/hosting.ts';
import { parseRemove } from '../../src/protocol/hosting.ts';
import type { Backend } from '../shared/backend.ts';
import { memberRoute } from '../shared/connectionRoute.ts';
import { logErrors } from '../shared/logErrors.ts';

/** `remove`: a host puts a user out of the meeting, who can't come back for a while. */
export const createRemove = (backend: Backend) =>
  memberRoute(backend, async (host, event) => {
    const { requestId, userId } = parseRemove(event.body);
    const { removed, errors } = await remove(host, userId, backend);

    const { connectionId, meetingId } = host;
    const context = { requestId: event.requestContext.requestId, connectionId, meetingId };
    backend.log.info('removed', { ...context, userId, connections: removed.length });
    logErrors(errors, context, backend.log);
    return { type: 'ack', requestId };
  });
