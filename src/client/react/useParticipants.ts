import type { MeetingClient, MeetingParticipant } from '../index.ts';
import { useList } from './useList.ts';

/** Who is there, this client's user included; nobody without a client. */
export function useParticipants(client: MeetingClient | undefined): readonly MeetingParticipant[] {
  return useList(client, sourceOf);
}

const sourceOf = (client: MeetingClient) => ({
  read: () => client.participants,
  subscribe(onChange: () => void) {
    const offs = (['welcome', 'participantJoined', 'participantUpdated', 'participantLeft'] as const).map(
      (name) => client.on(name, onChange),
    );
    return () => {
      for (const off of offs) off();
    };
  },
});
