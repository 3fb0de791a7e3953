import type { Entry } from '../meeting/ports.ts';
import type { EventFrame, Participant } from '../protocol/participants.ts';

/**
 * Brings participants that were read while the log went on to where it then stood, given the lines of that time. By
 * userId upwards.
 */
export function foldRoster(
  participants: readonly Participant[],
  entries: readonly Entry[],
): readonly Participant[] {
  const lastWords = new Map(entries.flatMap(eventOf).map((data) => [data.userId, data]));
  const roster = new Map(participants.map((participant) => [participant.userId, participant]));
  for (const data of lastWords.values()) {
    if (data.eventType === 'user-left') {
      roster.delete(data.userId);
    } else if ((roster.get(data.userId)?.rev ?? 0) < data.participant.rev) {
      // Read before it left and came back, if at all.
      roster.set(data.userId, data.participant);
    }
  }
  return [...roster.values()].sort((a, b) => (a.userId < b.userId ? -1 : 1));
}

/** The event that a line tells of, if it is the server's word. */
function eventOf({ text }: Entry): readonly EventFrame['data'][] {
  const frame = JSON.parse(text) as Partial<EventFrame>;
  return frame.type === 'event' && frame.origin === 'server' && frame.data ? [frame.data] : [];
}
