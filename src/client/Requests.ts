import { ATTRIBUTES_BYTES, ENTRY_BYTES, FRAME_BYTES } from '../protocol/limits.ts';
import type { Cancel, Clock } from './clock.ts';
import { bytesOf, errorOf, type Frame } from './frames.ts';
import { MeetingError, notConnected, queueFull, unanswered } from './MeetingError.ts';
import { type Pace, Pacer } from './Pacer.ts';
import { type Carrier, isExpelled, type PendingRequest, type RequestSpec } from './requestSpec.ts';
import { Timers } from './Timers.ts';
import { PATIENCE_MS, QUEUED, REPEATS, REPLY_MS, RETRY_MS, SUSPECT_MS } from './timing.ts';

/** What holds until a welcome says otherwise. */
const usualLimits = {
  frameBytes: FRAME_BYTES,
  attributesBytes: ATTRIBUTES_BYTES,
  entryBytes: ENTRY_BYTES,
};

/**
 * Requests and their replies, over one connection after the other: each is sent at the pace that the server takes, and
 * settled by the reply that names it. One whose reply was lost is repeated with its requestId where that is safe, else
 * rejected with `connection_lost` or `no_reply`: it may have been done.
 */
export class Requests {
  /** Limits of size, as the last welcome told them. */
  limits = usualLimits;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #idPrefix: string;
  readonly #pacer: Pacer;
  readonly #entries = new Map<string, PendingRequest>();
  #made = 0;
  #queue: PendingRequest[] = [];
  #carrier: Carrier | undefined;
  #cancelDrain: Cancel | undefined;
  #closedBy: MeetingError | undefined;

  /** `idPrefix` begins the requestIds that are made up, and no other client's. */
  constructor(clock: Clock, random: () => number, idPrefix: string) {
    this.#clock = clock;
    this.#random = random;
    this.#idPrefix = idPrefix;
    this.#pacer = new Pacer(clock);
  }

  /** Makes a request. Resolves with its reply; rejects with a {@link MeetingError}, or what `JSON.stringify` throws. */
  async submit(spec: RequestSpec): Promise<Frame> {
    const { requestId = `${this.#idPrefix}.${++this.#made}`, patienceMs = PATIENCE_MS } = spec;
    if (this.#closedBy) throw this.#closedBy;
    if (this.#queue.length >= QUEUED) throw queueFull();
    if (this.#entries.has(requestId)) {
      throw new MeetingError('request_id_reused', `The request "${requestId}" is under way.`);
    }
    this.encode(spec.fields(0), requestId);
    return new Promise((resolve, reject) => {
      const entry: PendingRequest = {
        ...{ spec, requestId, resolve, reject, sendings: 0, failures: 0, carrier: undefined },
        cancelPatience: this.#clock.after(patienceMs, () => this.#giveUp(entry)),
        timers: new Timers(this.#clock),
      };
      this.#entries.set(requestId, entry);
      this.#enqueue(entry, spec.place);
    });
  }

  /** A request's text. Throws `message_too_large` where a frame can't carry it, or it is over another bound. */
  encode(fields: Frame, requestId: string | undefined, bound = Number.POSITIVE_INFINITY): string {
    const text = JSON.stringify({ ...fields, requestId });
    const most = Math.min(this.limits.frameBytes, bound);
    const bytes = bytesOf(text);
    if (bytes <= most) return text;
    const message = `This has ${bytes} bytes, and at most ${most} can be sent at once.`;
    throw new MeetingError('message_too_large', message);
  }

  /** From now on requests go over this connection, within the limits that its welcome told. */
  use(carrier: Carrier, limits: Partial<Pace & typeof usualLimits>): void {
    this.#carrier = carrier;
    this.limits = { ...usualLimits, ...limits };
    this.#pacer.restart(limits, carrier.sent);
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
    else this.#finish(entry).resolve(reply);
    return true;
  }

  /** Rejects everything, now and later. */
  close(error: MeetingError): void {
    this.#closedBy = error;
    this.#cancelDrain?.();
    for (const entry of [...this.#entries.values()]) this.#finish(entry).reject(error);
  }

  #onError(entry: PendingRequest, error: MeetingError): void {
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

  #onRefusal(entry: PendingRequest, error: MeetingError): void {
    const { spec, sendings, failures } = entry;
    const verdict = spec.onError?.(error, sendings);
    if (verdict === 'done') this.#finish(entry).resolve({});
    else if (verdict === 'again') this.#enqueue(entry, 'first');
    else if (error.retryable && spec.repeat !== 'never' && failures < REPEATS) this.#rest(entry);
    else this.#finish(entry).reject(error);
  }

  /** Sends it again after a while. */
  #rest(entry: PendingRequest): void {
    this.#stopWaiting(entry);
    const delayMs = RETRY_MS * 2 ** entry.failures++ * (1 + this.#random());
    entry.timers.set('next', delayMs, () => this.#enqueue(entry, 'first'));
  }

  #enqueue(entry: PendingRequest, place: RequestSpec['place']): void {
    this.#stopWaiting(entry);
    if (place === 'first') this.#queue.unshift(entry);
    else this.#queue.push(entry);
    this.#drain();
  }

  #stopWaiting(entry: PendingRequest): void {
    entry.carrier = undefined;
    entry.timers.stopAll();
  }

  #drain(): void {
    this.#cancelDrain?.();
    while (this.#carrier && this.#queue.length > 0) {
      const waitMs = this.#pacer.take();
      if (waitMs > 0) {
        this.#cancelDrain = this.#clock.after(waitMs, () => this.#drain());
        return;
      }
      const entry = this.#queue.shift();
      if (entry) this.#send(entry, this.#carrier);
    }
  }

  #send(entry: PendingRequest, carrier: Carrier): void {
    let text: string;
    try {
      text = this.encode(entry.spec.fields(++entry.sendings), entry.requestId);
    } catch (error) {
      this.#finish(entry).reject(error);
      return;
    }
    entry.carrier = carrier;
    entry.timers.set('suspect', SUSPECT_MS, () => carrier.check());
    entry.timers.set('next', REPLY_MS, () => this.#repeatOr(entry, 'no_reply'));
    carrier.send(text);
  }

  #repeatOr(entry: PendingRequest, code: 'connection_lost' | 'no_reply'): void {
    if (entry.spec.repeat !== 'never') this.#enqueue(entry, 'first');
    else this.#finish(entry).reject(unanswered(code));
  }

  #giveUp(entry: PendingRequest): void {
    this.#finish(entry).reject(entry.sendings > 0 ? unanswered('no_reply') : notConnected());
  }

  /** Forgets it, to be settled. */
  #finish(entry: PendingRequest): PendingRequest {
    entry.timers.stopAll();
    entry.cancelPatience();
    this.#entries.delete(entry.requestId);
    this.#queue = this.#queue.filter((other) => other !== entry);
    return entry;
  }
}
