import { setLock } from '../../src/meeting/hosting.ts';
import { parseLock } from '../../src/protocol/hosting.ts';
import type { Backend } from './backend.ts';
import { memberRoute } from './connectionRoute.ts';
import { logErrors } from './logErrors.ts';

/** Makes the route of a host that keeps newcomers out of the meeting, or lets them in again. */
export const lockRoute = (backend: Backend, lock: 'locked' | 'unlocked') =>
  memberRoute(backend, async (host, event) => {
    const { requestId } = parseLock(event.body);
    const { outcome, errors } = await setLock(host, lock, backend);

    const { connectionId, meetingId } = host;
    const context = { requestId: event.requestContext.requestId, connectionId, meetingId };
    backend.log.info(lock, { ...context, outcome });
    logErrors(errors, context, backend.log);
    return { type: 'ack', requestId };
  });
