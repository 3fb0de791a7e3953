import type { Cancel } from './clock.ts';
import type { Frame } from './frames.ts';
import type { MeetingError } from './MeetingError.ts';
import type { Timers } from './Timers.ts';

/** What requests are sent over: one connection. */
export type Carrier = {
  /** How many messages it has sent. */
  readonly sent: number;
  send(text: string): void;
  /** A reply is late: it may be dead. */
  check(): void;
  /** The server knows it no more. */
  fail(error: MeetingError): void;
};

/** A request to be made. */
export type RequestSpec = {
  /**
   * Makes its fields anew for each sending, which is numbered from 1, and before the first for number 0, to know whether
   * it can be sent. What it throws the request is rejected with.
   */
  readonly fields: (sending: number) => Frame;
  /** Unless it is said `never`, doing it twice is as good as once, so that it is repeated when its reply was lost. */
  readonly repeat?: 'safe' | 'never';
  /** Gives up after so long, sent or not. */
  readonly patienceMs?: number;
  /** Kept over repetitions; made up unless given. */
  readonly requestId?: string | undefined;
  /** `first`: before all others that wait. */
  readonly place?: 'first' | 'last' | undefined;
  /** What an error means, after so many sendings; `reject` unless given. */
  readonly onError?: (error: MeetingError, sendings: number) => 'again' | 'done' | 'reject';
};

/** A request that has no reply yet. */
export type PendingRequest = {
  readonly spec: RequestSpec;
  readonly requestId: string;
  readonly resolve: (reply: Frame) => void;
  readonly reject: (error: unknown) => void;
  readonly cancelPatience: Cancel;
  /** `next`: it is sent again, or rejected. None while it waits to be sent. */
  readonly timers: Timers<'suspect' | 'next'>;
  sendings: number;
  /** How often the server failed to do it. */
  failures: number;
  /** Undefined while it waits. */
  carrier: Carrier | undefined;
};

/** Whether a code says that the server knows the connection no more. */
export const isExpelled = (code: string): boolean => code === 'not_joined' || code === 'not_in_meeting';
