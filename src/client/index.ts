export type { Clock } from './clock.ts';
export { createMeetingClient } from './createMeetingClient.ts';
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
