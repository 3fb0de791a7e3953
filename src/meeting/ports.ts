import type { MessageFrame } from '../protocol/frames.ts';
import type { ConnectionId, MeetingId, UserId } from '../protocol/ids.ts';
import type { Attributes, DepartureReason, Participant, Role } from '../protocol/participants.ts';
import type { counterNames, durationNames } from './metricNames.ts';
import type { Joining } from './user.ts';

/** A socket's life on the server's side, and who it speaks for. */
export type Connection = {
  readonly connectionId: ConnectionId;
  readonly meetingId: MeetingId;
  readonly userId: UserId;
  readonly userName: string;
  /** When API Gateway received the upgrade, in epoch milliseconds. */
  readonly connectedAtMs: number;
  /** A `plain` client is a member from connecting on; one that speaks `v1` from its join on. */
  readonly client: 'plain' | 'v1';
  /** When it joined, in epoch milliseconds; until then others don't see it. */
  readonly joinedAtMs?: number | undefined;
  /** Chosen by the client with its join, and kept over its reconnects. */
  readonly session?: string | undefined;
  /** By the word of a token, from connecting on; without authentication, from the join on. Until then, none. */
  readonly role?: Role | undefined;
};

/** How many connections a meeting takes, and how many of them one user may hold. */
export type MembershipLimits = {
  readonly connectionsPerMeeting: number;
  readonly connectionsPerUser: number;
};

/** One line of a meeting's log: the very text that was sent live, or that of a void. */
export type Entry = { readonly seq: number; readonly text: string };

/**
 * What the members have yet to be told of a change. It has happened, and where it has a `seq` it is in the log:
 * whoever made the change sends it, and nobody else will.
 */
export type Announcement = { readonly seq: number | undefined; readonly text: string };

/** Why somebody may not be in a meeting now. */
export type Unwelcome = 'banned' | 'meeting-locked' | 'meeting-full';

/** What became of a {@link Meetings.connect}. */
export type ConnectOutcome =
  | {
      readonly outcome: 'connected';
      readonly evicted: readonly Connection[];
      readonly announcement?: Announcement | undefined;
    }
  | { readonly outcome: Unwelcome };

/** What became of a {@link Meetings.join}: `first` of its user in the meeting, or one more, or joined before. */
export type JoinOutcome =
  | {
      readonly outcome: 'first' | 'additional' | 'already-joined';
      readonly connection: Connection;
      readonly evicted: readonly Connection[];
      readonly announcement?: Announcement | undefined;
    }
  | { readonly outcome: Unwelcome | 'not-connected' };

/** What became of a {@link Meetings.update}. */
export type UpdateOutcome =
  | { readonly outcome: 'updated'; readonly announcement?: Announcement | undefined }
  | { readonly outcome: 'not-joined' };

/** Why a connection's membership ended, as the meeting is told. */
export type LeaveReason = DepartureReason;

/**
 * What became of a {@link Meetings.leave}: the user's `last` connection of the meeting went, or others `remain`;
 * or an earlier removal had the last word.
 */
export type LeaveOutcome =
  | {
      readonly outcome: 'last' | 'remaining';
      readonly connection: Connection;
      readonly announcement?: Announcement | undefined;
    }
  | { readonly outcome: 'already-gone' };

/** What became of a {@link Meetings.remove}: which connections the user had. */
export type RemoveOutcome =
  | {
      readonly outcome: 'removed';
      readonly removed: readonly Connection[];
      readonly announcement?: Announcement | undefined;
    }
  | { readonly outcome: 'not-there' };

/** What became of a {@link Meetings.setLock}. */
export type LockOutcome =
  | { readonly outcome: 'changed'; readonly announcement: Announcement }
  | { readonly outcome: 'unchanged' };

/** What became of a {@link Meetings.appendChat}; a duplicate's entry is that of the first time. */
export type AppendOutcome =
  | { readonly outcome: 'appended' | 'duplicate'; readonly entry: Entry }
  | { readonly outcome: 'request-id-reused' };

/** The members of one meeting that a message is for. */
export type Audience =
  | { readonly kind: 'meeting'; readonly meetingId: MeetingId }
  | { readonly kind: 'user'; readonly meetingId: MeetingId; readonly userId: UserId }
  | { readonly kind: 'connection'; readonly meetingId: MeetingId; readonly connectionId: ConnectionId };

/** Where a meeting's log stands: `epoch` names its life, `seq` its last line. */
export type LogHead = { readonly epoch: string; readonly seq: number };

/** Who was there when the log stood at `seq`, and whether newcomers are kept out now. */
export type Roster = LogHead & { readonly participants: readonly Participant[]; readonly locked: boolean };

/** Which part of a log: up from after one line to the end or a given line, or the last ones before another. */
export type EntryRange = { readonly meetingId: MeetingId; readonly limit: number } & (
  | { readonly after: number; readonly through?: number | undefined }
  | { readonly before: number }
);

/** Part of a log, by `seq` upwards. */
export type EntryPage = {
  readonly entries: readonly Entry[];
  /** The range holds more than these, in the direction that was read. */
  readonly more: boolean;
  /** Nothing that once followed `after` has expired. */
  readonly unbroken: boolean;
};

/**
 * Who is in which meeting, and what was said there. The only authority on membership: whoever isn't a member here
 * receives nothing.
 *
 * Each change is one atomic step that returns what happened, so that of any number of callers at once exactly one
 * is told that it did the thing. Anything unexpected rejects; an absent connection is never unexpected. A change
 * that rejected may have happened, unless it is repeated with success.
 */
export interface Meetings {
  /**
   * [MT1] Makes a plain connection a member of its meeting; every later read shows it. A v1 connection is only known.
   * [MT2] Where the user already holds `connectionsPerUser` in this meeting, their oldest are removed in the same
   * step and returned as `evicted`, oldest first.
   * [MT3] Where the meeting would then hold more than `connectionsPerMeeting` members, nothing changes:
   * `meeting-full`. Different users who come at the same moment may each be the last for whom there is room.
   * [MT4] A repeat with the same connectionId changes nothing and is `connected`.
   */
  connect(connection: Connection, limits: MembershipLimits): Promise<ConnectOutcome>;

  /** [MT5] The connection, a member or not yet; undefined once it was removed, or if it never was one. */
  find(connectionId: ConnectionId): Promise<Connection | undefined>;

  /**
   * [MJ1] Makes the connection one that others see. The first of its user is announced by an entry `user-joined`,
   * written in the same step; one more by a `user-updated`.
   * [MJ2] The limits hold as for connecting, but a connection of the same user that it `replaces` doesn't count.
   * [MJ3] A repeat is `already-joined`, announces nothing twice, and keeps what it doesn't name.
   * [MJ4] A connection that was removed is `not-connected`, and nothing changes.
   */
  join(
    connection: Connection,
    joining: Joining & { readonly limits: MembershipLimits },
  ): Promise<JoinOutcome>;

  /** [MJ5] Replaces the attributes of a joined connection, and announces them where they differ. */
  update(connection: Connection, attributes: Attributes): Promise<UpdateOutcome>;

  /**
   * [MT6] Removes the connection, whatever ended it; no later read shows it. Exactly one of any number of calls for
   * it returns `last` or `remaining`, every other `already-gone`, as for a connection that never was.
   * [MJ6] The last joined connection of a user, in whichever step it goes, is announced by an entry `user-left`
   * with the reason, written in that step; one of several by a `user-updated`.
   */
  leave(connection: ConnectionKey, reason: LeaveReason): Promise<LeaveOutcome>;

  /**
   * [MH1] A connection that brings no role gets one with its join: the first user to join a meeting that nobody has
   * joined is its host, until everybody who joined is gone, also over leaving and coming back; others are participants.
   * One that brings a role keeps it, and with its join that role is the user's: it holds for all their connections.
   * There are never two hosts without a token; who comes at the very moment when the last goes may find either meeting.
   *
   * [MH2] Removes a user with all connections in one step: `user-left` by `kicked`, if the user had joined. For so many
   * seconds no connection of that user becomes a member of this meeting: `banned`. Who is no member is `not-there`.
   */
  remove(user: Pick<Connection, 'meetingId' | 'userId'>, banSeconds: number): Promise<RemoveOutcome>;

  /**
   * [MH3] While a meeting is locked, `meeting-locked` keeps out whoever isn't there: but hosts, and who was there when
   * it was locked. A connection that comes at the same moment may be in before.
   * [MH4] The lock survives whoever set it, and ends when everybody who joined is gone.
   */
  setLock(host: Connection, lock: 'locked' | 'unlocked'): Promise<LockOutcome>;

  /**
   * [MT7] All current members that the audience names, in no particular order: complete and current as of the call.
   * [MT8] Members of other meetings are never among them, even when named by connectionId or userId; and whether
   * such a one exists elsewhere can't be told from the answer nor from the work it took.
   */
  recipients(audience: Audience): Promise<readonly Connection[]>;

  /**
   * [ML1] Writes a chat to its meeting's log. Each line has the next `seq`, from 1 on; none is ever used twice.
   * [ML2] The same `requestId` of the same user with equal `data` within a day is a `duplicate`, logged once;
   * with other `data`, `request-id-reused`.
   */
  appendChat(sender: Connection, frame: MessageFrame, requestId: string | undefined): Promise<AppendOutcome>;

  /** [ML3] The log's end. The same epoch for as long as nothing of the log was lost, but for expiry. */
  head(meetingId: MeetingId): Promise<LogHead>;

  /**
   * [ML4] Lines of the log in order, without a hole but for what has expired; a seq that was never used is a void.
   * Once read, a line never changes. At most `limit`, and 64 KB of text unless the first alone is longer.
   * [ML5] `unbroken` iff every line after `after` is there to be read.
   */
  entries(range: EntryRange): Promise<EntryPage>;

  /**
   * [ML6] The participants, equal, user by user, to the joins and leaves of the log up to the `seq` that is returned:
   * no line up to it will be written any more. By userId upwards.
   */
  roster(meetingId: MeetingId): Promise<Roster>;

  /**
   * [MT9] All connections that connected before a time, in batches, in no particular order. May read everything
   * there is; nothing that a message waits for may call it.
   */
  connectedBefore(epochMs: number): AsyncIterable<readonly Connection[]>;
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

  /** [CS4] Tells whether the connection is open. Never rejects: whatever can't be told is `unknown`. */
  check(connectionId: ConnectionId): Promise<'open' | 'gone' | 'unknown'>;
}

/** What is known of a connection by its name. */
type ConnectionKey = Pick<Connection, 'connectionId' | 'meetingId' | 'userId'>;

/** What sending to a connection, and finding it gone, takes to know. */
export type Recipient = ConnectionKey & Pick<Connection, 'connectedAtMs' | 'joinedAtMs'>;

/** One payload for some members of one meeting, which somebody else is to send, or again. */
export type Delivery = {
  readonly recipients: readonly Recipient[];
  readonly payload: Announcement;
  /** When it was to be sent first, in epoch milliseconds. */
  readonly sinceMs: number;
  /** How often it has been put off since. */
  readonly delays: number;
};

/** Takes deliveries over to a worker, so that who makes them needn't wait for their end. */
export interface DeliveryQueue {
  /**
   * [DQ1] Once this has resolved, each delivery comes to a worker, once or more often, when the delay is over and in
   * any order; also if whoever handed it over is no more. On one machine it dies with the process, and so do the
   * connections.
   * [DQ2] A worker that rejects, or dies, gets it again: 5 times in all, and then it is laid aside for people to see.
   */
  enqueue(deliveries: readonly Delivery[], delayMs: number): Promise<void>;
}

/** Whether a connection may send one more message now, or how long it has to wait. */
export type RateLimitOutcome =
  | { readonly outcome: 'granted' }
  | { readonly outcome: 'refused'; readonly retryAfterMs: number };

/** Holds each connection to its rate. */
export interface RateLimit {
  /**
   * [RT1] Grants at most the burst at once and the rate in the long run, for each connection by itself.
   * [RT2] After `retryAfterMs` the next call of that connection is granted, unless another instance was asked first.
   * [RT3] Keeps nothing of a connection that has been silent for long, at the latest when another sends.
   */
  take(connectionId: ConnectionId): Promise<RateLimitOutcome>;
}

/** What is counted. */
export type CounterName = (typeof counterNames)[number];

/** What is timed, in milliseconds. */
export type DurationName = (typeof durationNames)[number];

/** Keeps figures for whoever runs the backend. Never throws, and never waits. */
export interface Telemetry {
  /** [TM1] Adds to a counter. */
  count(name: CounterName, amount: number): void;
  /** [TM2] Adds a duration in milliseconds to those of its name. */
  time(name: DurationName, durationMs: number): void;
}
