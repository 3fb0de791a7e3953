import { MeetingClient } from './MeetingClient.ts';
import { type MeetingClientOptions, settingsOf } from './options.ts';

export type { Clock } from './clock.ts';
export type { WebSocketConstructor, WebSocketLike } from './environment.ts';
export type {
  Attributes,
  Author,
  ChatMessage,
  ClientEvents,
  Delivery,
  DirectTarget,
  HistoryPage,
  HistoryRange,
  LockChange,
  LogEntry,
  MessageFrame,
  SentChat,
  Welcome,
} from './events.ts';
export type { MeetingClient, Self } from './MeetingClient.ts';
export { type ClientErrorCode, MeetingError, type MeetingErrorCode } from './MeetingError.ts';
export type { MeetingClientOptions } from './options.ts';
export type { Departure, MeetingParticipant } from './participants.ts';
export type { ClientState, ClosedReason } from './state.ts';

/**
 * Makes a client of a meeting, which connects at once, and again whenever it loses its connection, until it is closed.
 *
 * Throws a `TypeError` for a URL that is none, and where there is no WebSocket.
 */
export const createMeetingClient = (options: MeetingClientOptions): MeetingClient =>
  new MeetingClient(settingsOf(options));
