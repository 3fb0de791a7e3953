import type { FloodGuard } from '../../src/meeting/FloodGuard.ts';
import type {
  ConnectionSender,
  DeliveryQueue,
  Meetings,
  MembershipLimits,
  RateLimit,
} from '../../src/meeting/ports.ts';
import type { AllowedOrigins } from '../../src/protocol/origins.ts';
import type { IceServers } from './iceServers.ts';
import type { Log } from './log.ts';

/** Everything that the handlers need from outside. Who deploys them wires it once. */
export type Backend = {
  readonly meetings: Meetings;
  readonly connections: ConnectionSender;
  readonly deliveryQueue: DeliveryQueue;
  /** A message for more recipients than this is left to the queue. */
  readonly queueAbove: number;
  readonly rateLimit: RateLimit;
  readonly floodGuard: FloodGuard;
  readonly membershipLimits: MembershipLimits;
  /** How long who was removed from a meeting can't come back. */
  readonly banSeconds: number;
  /** What a welcome tells of the limits that hold here, by name. */
  readonly limits: Readonly<Record<string, number>>;
  readonly iceServers: IceServers;
  /** The pages that may connect. */
  readonly allowedOrigins: AllowedOrigins;
  /** Whether an authorizer says who connects, or the client itself. */
  readonly authentication: 'on' | 'off';
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new id that no other message has. */
  readonly newMessageId: () => string;
};
