/** How a server is talked to: bare frames, or those of Socket.IO. */
export type Protocol = 'websocket' | 'socket.io';

/** Load for one server: each meeting has one sender, who keeps so many messages in flight. */
export type LoadJob = {
  readonly url: string;
  readonly protocol: Protocol;
  readonly meetings: number;
  /** Of each meeting, beside the sender. */
  readonly recipients: number;
  /** Whom a message is for: all recipients, or the meeting's first by its user id. */
  readonly target: 'meeting' | 'user';
  readonly inFlight: number;
  readonly messageType: string;
  readonly dataBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Process of the server, whose processor time is read. */
  readonly serverPid: number;
};

/** What a load has come to. Deliveries are messages at recipients; what a sender gets isn't among them. */
export type LoadResult = {
  /** Of the measured time. */
  readonly measuredMs: number;
  readonly delivered: number;
  readonly deliveredBytes: number;
  /** Processor time; undefined where the system doesn't tell. */
  readonly serverCpuMs: number | undefined;
  readonly generatorCpuMs: number;
  /** From before sending to having read it, of a sample. */
  readonly latenciesMs: { readonly p50: number; readonly p99: number; readonly samples: number } | undefined;
  /** Of the whole run, warm-up included. */
  readonly sent: number;
  /** Deliveries that were still missing some time after the last message. */
  readonly missing: number;
  readonly acks: number;
  /** Any other answer to a sender, and the first of them. */
  readonly refusals: number;
  readonly firstRefusal: string | undefined;
  readonly closedEarly: number;
};

/** Connections that only stay; each line on the standard input is a number of further ones. */
export type IdleJob = { readonly url: string; readonly protocol: Protocol; readonly meetingSize: number };

/** What the generator is told on its command line. */
export type Job = ({ readonly kind: 'load' } & LoadJob) | ({ readonly kind: 'idle' } & IdleJob);
