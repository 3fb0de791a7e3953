import { framesOf } from '../../src/meeting/welcome.ts';
import { parseHistory } from '../../src/protocol/paging.ts';
import type { Backend } from '../shared/backend.ts';
import { memberRoute } from '../shared/connectionRoute.ts';

/** `history`: a page of the meeting's log. */
export const createHistory = (backend: Backend) =>
  memberRoute(backend, async ({ meetingId }, event) => {
    const { requestId, range, limit } = parseHistory(event.body);
    const { entries, more } = await backend.meetings.entries({ meetingId, limit, ...range });
    // Read after the page: no line of the page is above it.
    const { epoch, seq } = await backend.meetings.head(meetingId);
    return { type: 'history', requestId, epoch, seq, entries: framesOf(entries), more };
  });
