/** The connection whose messages an inbox holds. */
export type InboxOwner = {
  /** Handles one message; never rejects. */
  handle(body: string): Promise<void>;
  /** Stops reading from the socket, and goes on. */
  pause(): void;
  resume(): void;
};

/**
 * The messages of one connection on their way to handlers: so many at once, the others in the order they came.
 *
 * While none may start, the socket isn't read from, so that no more wait than one read had brought.
 */
export class Inbox {
  readonly #owner: InboxOwner;
  readonly #atOnce: number;
  readonly #waiting: string[] = [];
  #received = 0;
  #handling = 0;
  #last = Number.POSITIVE_INFINITY;
  #onDrained: (() => void) | undefined;

  constructor(owner: InboxOwner, atOnce: number) {
    this.#owner = owner;
    this.#atOnce = atOnce;
  }

  /** How many messages have come. */
  get received(): number {
    return this.#received;
  }

  /** Takes the next message; drops it if it comes after the last that is still to be handled. */
  receive(body: string): void {
    if (++this.#received <= this.#last) this.#waiting.push(body);
    this.#startWaiting();
    if (this.#waiting.length > 0) this.#owner.pause();
    this.#checkDrained();
  }

  /** Handles no message after the `last` of all that came or are still to come, and tells when those are handled. */
  end(last: number, onDrained: () => void): void {
    this.#last = Math.min(this.#last, last);
    this.#onDrained = onDrained;
    this.#checkDrained();
  }

  /** Handles nothing more, not even what waits. */
  abandon(): void {
    this.#last = 0;
    this.#waiting.length = 0;
  }

  #startWaiting(): void {
    while (this.#handling < this.#atOnce) {
      const body = this.#waiting.shift();
      if (body === undefined) return;
      this.#handling++;
      void this.#owner.handle(body).then(() => this.#finished());
    }
  }

  #finished(): void {
    this.#handling--;
    this.#startWaiting();
    if (this.#waiting.length === 0) this.#owner.resume();
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#received < this.#last || this.#handling > 0 || this.#waiting.length > 0) return;
    this.#onDrained?.();
    this.#onDrained = undefined;
  }
}
