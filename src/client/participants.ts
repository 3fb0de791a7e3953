import type { DepartureReason, Participant, ParticipantConnection } from '../protocol/participants.ts';

/**
 * A person in the meeting. `reconnecting`: their connection was lost a moment ago, and they are not reported as gone
 * yet. Of connections of one session only the newest is there.
 */
export type MeetingParticipant = Participant & { readonly presence: 'here' | 'reconnecting' };

/** Someone who is gone, and why. */
export type Departure = { readonly participant: MeetingParticipant; readonly reason: DepartureReason };

/** A tab that is being renewed has two connections for a moment, and is one. */
export function newestOfSessions(
  connections: readonly ParticipantConnection[],
): readonly ParticipantConnection[] {
  return connections.filter(({ session }, index) => {
    if (session === undefined) return true;
    return !connections.slice(index + 1).some((later) => later.session === session);
  });
}
