import type { ConnectionId, UserId } from './ids.ts';

/** What a participant tells of one connection: a JSON object of at most 2 KB, such as `{ microphone: true }`. */
export type Attributes = Readonly<Record<string, unknown>>;

/** The roles there are. */
export const roles = ['host', 'participant', 'observer'] as const;

/** What a user may do in a meeting. */
export type Role = (typeof roles)[number];

/** A person in a meeting, with every connection that has joined. */
export type Participant = {
  readonly userId: UserId;
  readonly userName: string;
  readonly role: Role;
  /** When the first of the connections joined; ISO 8601. */
  readonly joinedAt: string;
  /** Grows with every change of this participant, also over leaving and coming back. */
  readonly rev: number;
  readonly connections: readonly ParticipantConnection[];
};

/** One tab or device of a participant. */
export type ParticipantConnection = {
  readonly connectionId: ConnectionId;
  readonly session?: string | undefined;
  /** ISO 8601. */
  readonly joinedAt: string;
  readonly attributes: Attributes;
};

/** Who did something, in the server's words. */
export type Author = {
  readonly connectionId: ConnectionId;
  readonly userId: UserId;
  readonly userName: string;
  readonly session?: string | undefined;
};

/** Why a participant is gone. */
export type DepartureReason = 'left' | 'expired' | 'connection-lost' | 'replaced' | 'kicked';

/** What happened to a participant, or what a host did to the meeting. */
type EventData = {
  readonly userId: UserId;
  readonly userName: string;
} & (
  | { readonly eventType: 'user-joined' | 'user-updated'; readonly participant: Participant }
  | { readonly eventType: 'user-left'; readonly reason: DepartureReason }
  | { readonly eventType: 'meeting-locked' | 'meeting-unlocked' }
);

/** The server's word on who is there. Only the server can set `origin`. */
export type EventFrame = {
  readonly type: 'event';
  readonly origin: 'server';
  readonly from: Author;
  readonly data: EventData;
  /** ISO 8601 in UTC with milliseconds. */
  readonly timestamp: string;
};
