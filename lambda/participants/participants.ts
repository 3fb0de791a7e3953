import { takeParticipants } from '../../src/meeting/welcome.ts';
import { parseParticipants } from '../../src/protocol/paging.ts';
import type { Backend } from '../shared/backend.ts';
import { memberRoute } from '../shared/connectionRoute.ts';

/** `participants`: a page of the roster. */
export const createParticipants = (backend: Backend) =>
  memberRoute(backend, async ({ meetingId }, event) => {
    const { requestId, after, limit } = parseParticipants(event.body);
    const { epoch, seq, participants } = await backend.meetings.roster(meetingId);
    const { taken, more } = takeParticipants(participants, { after, limit });
    const participantCount = participants.length;
    return { type: 'participants', requestId, epoch, seq, participants: taken, participantCount, more };
  });
