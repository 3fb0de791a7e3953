import { join } from '../../src/meeting/join.ts';
import { welcome } from '../../src/meeting/welcome.ts';
import { parseJoin } from '../../src/protocol/join.ts';
import type { Backend } from '../shared/backend.ts';
import { connectionRoute } from '../shared/connectionRoute.ts';
import { logErrors } from '../shared/logErrors.ts';

/** `join`: shows the connection to the others, and tells it who is there and what it missed. */
export const createJoin = (backend: Backend) =>
  connectionRoute(backend, async (connection, event) => {
    const request = parseJoin(event.body);
    const joined = await join(connection, request, backend);

    const { requestId } = event.requestContext;
    const { connectionId, meetingId, userId } = connection;
    const context = { requestId, connectionId, meetingId };
    logErrors(joined.errors, context, backend.log);
    const { outcome, evicted } = joined;
    const fields = { ...context, userId, outcome, evicted: evicted.length };
    let participantCount: number | undefined;
    try {
      const welcomed = await welcome(joined.connection, request, backend);
      ({ participantCount } = welcomed);
      return welcomed;
    } finally {
      // Who has joined is there, welcomed or not; how many there are, the welcome alone knows.
      backend.log.info('joined', { ...fields, participantCount });
    }
  });
