import type { DirectTarget } from './events.ts';
import type { Roster } from './Roster.ts';

/** Whom a message is for, as it says it. */
export type Address =
  | { readonly targetConnectionId: string }
  | { readonly targetUserId: string }
  | { readonly meetingId: string };

/** The address of a target; undefined if nobody in the meeting has the session. */
export function addressOf(target: DirectTarget, roster: Roster): Address | undefined {
  if ('connectionId' in target) return { targetConnectionId: target.connectionId };
  if (!('session' in target)) return { targetUserId: target.userId };
  const found = roster.find(target);
  return found && { targetConnectionId: found.connectionId };
}

/** Whose signals are counted together: all to one user, or all to one session, however it was named. */
export function streamOf(address: Address, roster: Roster): string {
  if (!('targetConnectionId' in address)) return JSON.stringify(address);
  const found = roster.find({ connectionId: address.targetConnectionId });
  return JSON.stringify(found?.session ? [found.userId, found.session] : address);
}
