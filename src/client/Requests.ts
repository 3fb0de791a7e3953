import type { Cancel, Clock } from './clock.ts';
import { bytesOf, errorOf, type Frame } from './frames.ts';
import { type ClientErrorCode, MeetingError, queueFull } from './MeetingError.ts';
import { Pacer } from './Pacer.ts';
import { Timers } from './Timers.ts';
import { PATIENCE_MS, QUEUED, REPEATS, REPLY_MS, RETRY_MS, SUSPECT_MS } from './timing.ts';

/** What requests are sent over: one connection. */
export type Carrier = {
  send(text: string): void;
  /** A reply is late: it may be dead. */
  check(): void;
  /** The server knows it no more. */
  fail(error: MeetingError): void;
};

/** A request to be made. */
export type RequestSpec = {
  /** Makes its fields anew for each sending. What it throws the request is rejected with. */
  readonly fields: () => Frame;
  /** `safe`: doing it twice is as good as once, so that it is repeated when its reply was lost. */
  readonly repeat: 'safe' | 'never';
  /** Gives up after so long, sent or not. */
  readonly patienceMs?: number;
  /** Kept over repetitions; made up unless given. */
  readonly requestId?: string | undefined;
  /** `first`: before all others that wait. */
  readonly place?: 'first' | 'last';
  /** What an error means, after so many sendings; `reject` unless given. */
  readonly onError?: (error: MeetingError, sendings: number) => 'again' | 'done' | 'reject';
};

/** What requests need from outside. */
export type RequestsPorts = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  /** The most bytes of a frame. */
  readonly frameBytes: () => number;
};

type Entry = {
  readonly spec: RequestSpec;
  readonly requestId: string;
  readonly resolve: (reply: Frame) => void;
  readonly reject: (error: unknown) => void;
  readonly timers: Timers<'patience' | 'reply' | 'suspect' | 'pause'>;
  sendings: number;
  /** How often the server failed to do it. */
  failures: number;
  /** Undefined while it waits. */
  carrier: Carrier | undefined;
};

/** Whether a code says that the server knows the connection no more. */
export const isExpelled = (code: string): boolean => code === 'not_joined' || code === 'not_in_meeting';

/**
 * Requests and their replies, over one connection after the other: each is sent at the pace that the server takes, and
 * settled by the reply that names it. One whose reply was lost is repeated with its requestId where that is safe, else
 * rejected with `connection_lost` or `no_reply`: it may have been done.
 */
export class Requests {
  readonly #ports: RequestsPorts;
  readonly #pacer: Pacer;
  readonly #entries = new Map<string, Entry>();
  #queue: Entry[] = [];
  #carrier: Carrier | undefined;
  #cancelDrain: Cancel | undefined;
  #closedBy: MeetingError | undefined;

  constructor(ports: RequestsPorts) {
    this.#ports = ports;
    this.#pacer = new Pacer(ports.clock);
  }

  /** Makes a request. Resolves with its reply; rejects with a {@link MeetingError}, or what `JSON.stringify` throws. */
  async submit(spec: RequestSpec): Promise<Frame> {
    if (this.#closedBy) throw this.#closedBy;
    if (this.#queue.length >= QUEUED) throw queueFull();
    const requestId = spec.requestId ?? this.#ports.newId();
    if (this.#entries.has(requestId)) {
      throw new MeetingError(
        'request_id_reused',
        `A request with the requestId "${requestId}" is under way.`,
      );
    }
    this.encode(spec.fields, requestId);
    return new Promise((resolve, reject) => {
      const timers: Entry['timers'] = new Timers(this.#ports.clock);
      const entry: Entry = {
        spec,
        requestId,
        resolve,
        reject,
        timers,
        sendings: 0,
        failures: 0,
        carrier: undefined,
      };
      this.#entries.set(requestId, entry);
      timers.set('patience', spec.patienceMs ?? PATIENCE_MS, () => this.#giveUp(entry));
      this.#enqueue(entry, spec.place ?? 'last');
    });
  }

  /** A request's text. Throws `message_too_large` where a frame can't carry it, or it is over another bound. */
  encode(fields: () => Frame, requestId: string | undefined, bound = Number.POSITIVE_INFINITY): string {
    const text = JSON.stringify({ ...fields(), requestId });
    const most = Math.min(this.#ports.frameBytes(), bound);
    const bytes = bytesOf(text);
    if (bytes <= most) return text;
    throw new MeetingError(
      'message_too_large',
      `This message has ${bytes} bytes, and at most ${most} can be sent at once. Send less, or in parts.`,
    );
  }

  /** From now on requests go over this connection, which has sent so many messages already. */
  use(carrier: Carrier, limits: Frame, sent: number): void {
    this.#carrier = carrier;
    const { messagesPerSecond, messageBurst } = limits;
    this.#pacer.restart(
      {
        ...(typeof messagesPerSecond === 'number' && { messagesPerSecond }),
        ...(typeof messageBurst === 'number' && { messageBurst }),
      },
      sent,
    );
    this.#drain();
  }

  /** A connection has ended: what it didn't answer is sent over another, or rejected. */
  lose(carrier: Carrier): void {
    if (this.#carrier === carrier) this.#carrier = undefined;
    const lost = [...this.#entries.values()].filter((entry) => entry.carrier === carrier);
    for (const entry of lost.reverse()) this.#repeatOr(entry, 'connection_lost');
  }

  /** Settles the request that a reply names. Returns whether there is one. */
  settle(reply: Frame): boolean {
    const entry = this.#entries.get(String(reply.requestId));
    if (!entry) return false;
    if (reply.type === 'error') this.#onError(entry, errorOf(reply));
    else this.#finish(entry, () => entry.resolve(reply));
    return true;
  }

  /** Rejects everything, now and later. */
  close(error: MeetingError): void {
    this.#closedBy = error;
    this.#cancelDrain?.();
    this.#queue = [];
    for (const entry of [...this.#entries.values()]) this.#finish(entry, () => entry.reject(error));
  }

  #onError(entry: Entry, error: MeetingError): void {
    const { carrier } = entry;
    if (error.code === 'rate_limited') {
      this.#pacer.pause(error.retryAfterMs ?? 1000);
      this.#enqueue(entry, 'first');
    } else if (carrier && isExpelled(error.code)) {
      // The entry waits for the next connection: this one is not given anything any more.
      if (this.#carrier === carrier) this.#carrier = undefined;
      this.#enqueue(entry, 'first');
      carrier.fail(error);
    } else {
      this.#onRefusal(entry, error);
    }
  }

  #onRefusal(entry: Entry, error: MeetingError): void {
    const { spec } = entry;
    const verdict = spec.onError?.(error, entry.sendings) ?? 'reject';
    if (verdict === 'done') this.#finish(entry, () => entry.resolve({ type: 'ack' }));
    else if (verdict === 'again') this.#enqueue(entry, 'first');
    else if (error.retryable && spec.repeat === 'safe' && entry.failures < REPEATS) this.#rest(entry);
    else this.#finish(entry, () => entry.reject(error));
  }

  /** Sends it again after a while. */
  #rest(entry: Entry): void {
    this.#stopWaiting(entry);
    const delayMs = RETRY_MS * 2 ** entry.failures++ * (1 + this.#ports.random());
    entry.timers.set('pause', delayMs, () => this.#enqueue(entry, 'first'));
  }

  #enqueue(entry: Entry, place: 'first' | 'last'): void {
    this.#stopWaiting(entry);
    if (place === 'first') this.#queue.unshift(entry);
    else this.#queue.push(entry);
    this.#drain();
  }

  #stopWaiting(entry: Entry): void {
    entry.carrier = undefined;
    for (const name of ['reply', 'suspect', 'pause'] as const) entry.timers.stop(name);
  }

  #drain(): void {
    this.#cancelDrain?.();
    while (this.#carrier && this.#queue.length > 0) {
      const waitMs = this.#pacer.take();
      if (waitMs > 0) {
        this.#cancelDrain = this.#ports.clock.after(waitMs, () => this.#drain());
        return;
      }
      const [entry] = this.#queue.splice(0, 1);
      if (entry) this.#send(entry, this.#carrier);
    }
  }

  #send(entry: Entry, carrier: Carrier): void {
    let text: string;
    try {
      text = this.encode(entry.spec.fields, entry.requestId);
    } catch (error) {
      this.#finish(entry, () => entry.reject(error));
      return;
    }
    entry.sendings++;
    entry.carrier = carrier;
    entry.timers.set('suspect', SUSPECT_MS, () => carrier.check());
    entry.timers.set('reply', REPLY_MS, () => this.#repeatOr(entry, 'no_reply'));
    carrier.send(text);
  }

  #repeatOr(entry: Entry, code: 'connection_lost' | 'no_reply'): void {
    if (entry.spec.repeat === 'safe') {
      this.#enqueue(entry, 'first');
      return;
    }
    this.#fail(entry, code);
  }

  #fail(
    entry: Entry,
    code: ClientErrorCode,
    message = 'No reply came: it may have been done, or not.',
  ): void {
    const error = new MeetingError(code, message, { retryable: code === 'not_connected' });
    this.#finish(entry, () => entry.reject(error));
  }

  #giveUp(entry: Entry): void {
    if (entry.sendings > 0) this.#fail(entry, 'no_reply');
    else this.#fail(entry, 'not_connected', 'There was no connection: it was not sent.');
  }

  #finish(entry: Entry, settle: () => void): void {
    entry.timers.stopAll();
    this.#entries.delete(entry.requestId);
    this.#queue = this.#queue.filter((other) => other !== entry);
    settle();
  }
}
