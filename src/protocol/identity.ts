import type { MeetingId, UserId } from './ids.ts';
import type { Role } from './participants.ts';

/** Who connects, by the word of a token that was verified. */
export type Identity = {
  readonly userId: UserId;
  readonly userName: string;
  readonly role: Role;
  /** The only meeting that the token opens; undefined: it opens any. */
  readonly meetingId?: MeetingId | undefined;
};
