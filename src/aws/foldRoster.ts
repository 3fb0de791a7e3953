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
    } else if ('participant' in data && !isLaterState(roster.get(data.userId), data.participant)) {
      roster.set(data.userId, data.participant);
    }
  }
  return [...roster.values()].sort((a, b) => (a.userId < b.userId ? -1 : 1));
}

/**
 * Whether what was read of a participant is of the time since this joining. The time of joining names it better than
 * `rev`, which two functions with different clocks may give out in another order.
 */
const isLaterState = (read: Participant | undefined, joined: Participant): boolean =>
  read !== undefined && read.joinedAt === joined.joinedAt && read.rev >= joined.rev;

/** The event that a line tells of, if it is the server's word. */
function eventOf({ text }: Entry): readonly EventFrame['data'][] {
  const frame = JSON.parse(text) as Partial<EventFrame>;
  return frame.type === 'event' && frame.origin === 'server' && frame.data ? [frame.data] : [];
}
