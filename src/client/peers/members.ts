import type { MeetingClient } from '../MeetingClient.ts';

/** One session of one user. */
export type Member = { readonly userId: string; readonly session: string };

/** Names a member. By user as well: a session is what its client says, and another may say the same. */
export const keyOf = ({ userId, session }: { userId: string | undefined; session: string }): string =>
  JSON.stringify([userId, session]);

/** Every session in the roster; whoever names none takes no part in calls. */
export function membersOf({ participants }: Pick<MeetingClient, 'participants'>): readonly Member[] {
  return participants.flatMap(({ userId, connections }) =>
    connections.flatMap(({ session }) => (session === undefined ? [] : [{ userId, session }])),
  );
}
