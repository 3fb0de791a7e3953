import { announce } from '../../src/meeting/deliver.ts';
import { ProtocolError } from '../../src/protocol/errors.ts';
import { parseUpdate } from '../../src/protocol/update.ts';
import type { Backend } from '../shared/backend.ts';
import { memberRoute } from '../shared/connectionRoute.ts';
import { logErrors } from '../shared/logErrors.ts';

/** `update`: replaces what the connection tells of itself, and tells the others. */
export const createUpdate = (backend: Backend) =>
  memberRoute(backend, async (connection, event) => {
    const { requestId, attributes } = parseUpdate(event.body);
    const result = await backend.meetings.update(connection, attributes);
    if (result.outcome === 'not-joined') throw new ProtocolError('not_joined');

    const { connectionId, meetingId } = connection;
    const errors = await announce([result.announcement], { meetingId, except: connectionId }, backend);
    logErrors(errors, { requestId: event.requestContext.requestId, connectionId, meetingId }, backend.log);
    return { type: 'ack', requestId };
  });
