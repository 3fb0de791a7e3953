import type { ConnectionId, MeetingId, UserId } from '../protocol/ids.ts';

/** A socket's life on the server's side, and who it speaks for. None of it changes while the connection lasts. */
export type Connection = {
  readonly connectionId: ConnectionId;
  readonly meetingId: MeetingId;
  readonly userId: UserId;
  readonly userName: string;
  /** When API Gateway received the upgrade, in epoch milliseconds. */
  readonly connectedAtMs: number;
};

/** How many connections a meeting takes, and how many of them one user may hold. */
export type MembershipLimits = {
  readonly connectionsPerMeeting: number;
  readonly connectionsPerUser: number;
};

/** What became of a {@link Meetings.connect}. */
export type ConnectOutcome =
  | { readonly outcome: 'connected'; readonly evicted: readonly Connection[] }
  | { readonly outcome: 'meeting-full' };

/**
 * Why a connection ended, as the meeting is told: `left` of its own will, `expired` by API Gateway's limits,
 * `connection-lost` without a word.
 */
export type LeaveReason = 'left' | 'expired' | 'connection-lost';

/**
 * What became of a {@link Meetings.leave}: the user's `last` connection of the meeting went, or others `remain`;
 * or an earlier removal had the last word.
 */
export type LeaveOutcome =
  | { readonly outcome: 'last' | 'remaining'; readonly connection: Connection }
  | { readonly outcome: 'already-gone' };

/** The members of one meeting that a message is for. */
export type Audience =
  | { readonly kind: 'meeting'; readonly meetingId: MeetingId }
  | { readonly kind: 'user'; readonly meetingId: MeetingId; readonly userId: UserId }
  | { readonly kind: 'connection'; readonly meetingId: MeetingId; readonly connectionId: ConnectionId };

/**
 * Who is in which meeting. The only authority on membership: whoever isn't here receives nothing.
 *
 * Each change is one atomic step that returns what happened, so that of any number of callers at once exactly one
 * is told that it did the thing. Anything unexpected rejects; an absent connection is never unexpected.
 */
export interface Meetings {
  /**
   * [MT1] Makes the connection a member of its meeting; every later read shows it.
   * [MT2] Where the user already holds `connectionsPerUser` in this meeting, their oldest are removed in the same
   * step and returned as `evicted`, oldest first.
   * [MT3] Where the meeting would then hold more than `connectionsPerMeeting`, nothing changes: `meeting-full`.
   * [MT4] A repeat with the same connectionId changes nothing and is `connected`.
   */
  connect(connection: Connection, limits: MembershipLimits): Promise<ConnectOutcome>;

  /** [MT5] The member with this connectionId; undefined once it was removed, or if it never was one. */
  find(connectionId: ConnectionId): Promise<Connection | undefined>;

  /**
   * [MT6] Removes the connection, whatever ended it; no later read shows it. Exactly one of any number of calls for
   * it returns `last` or `remaining`, every other `already-gone`, as for a connection that never was.
   */
  leave(connectionId: ConnectionId, reason: LeaveReason): Promise<LeaveOutcome>;

  /**
   * [MT7] All current members that the audience names, in no particular order: complete and current as of the call.
   * [MT8] Members of other meetings are never among them, even when named by connectionId or userId; and whether
   * such a one exists elsewhere can't be told from the answer nor from the work it took.
   */
  recipients(audience: Audience): Promise<readonly Connection[]>;
}

/** `sent`: handed to a live socket. `gone`: there is no such socket any more. `failed`: anything else. */
export type SendOutcome = 'sent' | 'gone' | 'failed';

/** Reaches sockets by their connectionIds, as API Gateway's `@connections` does. */
export interface ConnectionSender {
  /**
   * [CS1] Sends one text frame to each connection and returns the outcomes in the order of the ids.
   * [CS2] One recipient's trouble neither delays nor loses another's. Never rejects.
   */
  send(connectionIds: readonly ConnectionId[], payload: string): Promise<readonly SendOutcome[]>;

  /**
   * [CS3] Closes the connection after what was sent to it before. `sent` means that the close is on its way. Never
   * rejects.
   */
  disconnect(connectionId: ConnectionId): Promise<SendOutcome>;
}

/** Whether a connection may send one more message now, or how long it has to wait. */
export type RateLimitOutcome =
  | { readonly outcome: 'granted' }
  | { readonly outcome: 'refused'; readonly retryAfterMs: number };

/** Holds each connection to its rate. */
export interface RateLimit {
  /**
   * [RT1] Grants at most the burst at once and the rate in the long run, for each connection by itself.
   * [RT2] After `retryAfterMs` the next call of that connection is granted.
   * [RT3] Keeps nothing of a connection that has been silent for long, at the latest when another sends.
   */
  take(connectionId: ConnectionId): Promise<RateLimitOutcome>;
}
