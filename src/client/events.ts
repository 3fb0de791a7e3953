import type { MessageFrame, WelcomeFrame } from '../protocol/frames.ts';
import type { Attributes, Author, EventFrame } from '../protocol/participants.ts';
import type { Resumption } from './LogFollower.ts';
import type { MeetingError } from './MeetingError.ts';
import type { Departure, MeetingParticipant } from './participants.ts';
import type { ClientState } from './state.ts';

/**
 * A chat to everyone, at its place in the meeting's log. `own`: this client sent it; its `timestamp` is then this
 * machine's guess at the server's clock, unless it was read from the log.
 */
export type ChatMessage = MessageFrame & {
  readonly type: 'chat';
  readonly seq: number;
  readonly own: boolean;
};

/** A line of the log as `history` answers it; `void` is a number that was never used. */
export type LogEntry =
  | (MessageFrame & { readonly type: 'chat'; readonly seq: number })
  | (EventFrame & { readonly seq: number })
  | { readonly type: 'void'; readonly seq: number };

/** What holds from a welcome on: the whole roster, and how what comes now stands to what was seen before. */
export type Welcome = Omit<WelcomeFrame, 'type' | 'requestId' | 'log' | 'participants'> & {
  readonly participants: readonly MeetingParticipant[];
  readonly log: { readonly epoch: string; readonly seq: number };
  readonly resumption: Resumption;
};

/** Who locked or unlocked the meeting; unknown if that happened while there was no connection. */
export type LockChange = { readonly by: Author | undefined };

/** What a client tells of. */
export type ClientEvents = {
  stateChange: ClientState;
  /** After each join: the first, after a loss, and after a renewal. */
  welcome: Welcome;
  /**
   * What was seen of the log can't be gone on from: lines in between have expired, or the log began anew, and with it
   * its numbers. What is shown of it is to be read again.
   */
  logGap: { readonly reason: 'epoch-changed' | 'lines-expired' };
  participantJoined: MeetingParticipant;
  participantUpdated: MeetingParticipant;
  participantLeft: Departure;
  /** Each chat to everyone from the first welcome on, once and in order, own ones too. */
  chat: ChatMessage;
  /** Any other message, direct chat included, in the order in which it came. */
  message: MessageFrame;
  /** A signal, in the order in which its sender sent it. */
  signal: MessageFrame;
  meetingLocked: LockChange;
  meetingUnlocked: LockChange;
  /** What no promise is rejected with. */
  error: MeetingError;
};

/** Where a chat came to stand. */
export type SentChat = { readonly seq: number; readonly messageId: string };

/**
 * What became of a message: how many were sent it, how many sends failed, and how many turned out to be gone; or, of one
 * for many, how many are yet to be sent it.
 */
export type Delivery = { readonly messageId: string } & (
  | {
      readonly sent: number;
      readonly failed: number;
      readonly stale: number;
      readonly queued?: undefined;
    }
  | {
      readonly queued: number;
      readonly sent?: undefined;
      readonly failed?: undefined;
      readonly stale?: undefined;
    }
);

/**
 * A session, found by the roster, whatever its connection is called now. Whoever likes may call their own session the
 * same: what is for one person alone names the user, too.
 */
type SessionTarget = { readonly session: string; readonly userId?: string };

/** Whom a direct message is for. */
export type DirectTarget = SessionTarget | { readonly userId: string } | { readonly connectionId: string };

/** A part of the log. `more`: there are others in the direction that was asked for. */
export type HistoryPage = {
  readonly epoch: string;
  /** The log's last line. */
  readonly seq: number;
  readonly entries: readonly LogEntry[];
  readonly more: boolean;
};

/** Which part of the log: what follows a line, or the last lines before one; without either, the log's end. */
export type HistoryRange = {
  readonly after?: number;
  readonly before?: number;
  /** 1 to 300. */
  readonly limit?: number;
};

export type { Attributes, Author, MessageFrame };
