import type { ConnectionSender, Meetings, MembershipLimits, RateLimit } from '../../src/meeting/ports.ts';
import type { Log } from './log.ts';

/** Everything that the handlers need from outside. Who deploys them wires it once. */
export type Backend = {
  readonly meetings: Meetings;
  readonly connections: ConnectionSender;
  readonly rateLimit: RateLimit;
  readonly membershipLimits: MembershipLimits;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new id that no other message has. */
  readonly newMessageId: () => string;
};
