import type { Delivery, DeliveryQueue } from '../meeting/ports.ts';
import type { ConnectionId } from '../protocol/ids.ts';

/** What waiting needs. */
export type EmbeddedDeliveryQueueOptions = {
  /** Does what a delivery asks for, or rejects. */
  readonly worker: (delivery: Delivery) => Promise<void>;
  /** Closes a connection that too much waits for: it is better off reading all that after coming back. */
  readonly disconnect: (connectionId: ConnectionId) => Promise<unknown>;
  /** Calls back once, after a time. */
  readonly after: (delayMs: number, callback: () => void) => void;
};

/** Deliveries that may wait for one connection. */
const MOST_WAITING = 1000;
/** How often a worker may reject one. */
const MOST_ATTEMPTS = 5;
const REJECTED_DELAY_MS = 1000;

/** {@link DeliveryQueue} in the memory of one process. What waits dies with the process, and so do the connections. */
export class EmbeddedDeliveryQueue implements DeliveryQueue {
  readonly #options: EmbeddedDeliveryQueueOptions;
  readonly #waiting = new Map<ConnectionId, number>();

  constructor(options: EmbeddedDeliveryQueueOptions) {
    this.#options = options;
  }

  async enqueue(deliveries: readonly Delivery[], delayMs: number): Promise<void> {
    for (const delivery of deliveries) {
      const recipients = delivery.recipients.filter(({ connectionId }) => this.#count(connectionId));
      if (recipients.length > 0) this.#wait({ ...delivery, recipients }, { delayMs, attempts: 1 });
    }
  }

  /** How many connections something waits for. */
  get size(): number {
    return this.#waiting.size;
  }

  #wait(delivery: Delivery, { delayMs, attempts }: { delayMs: number; attempts: number }): void {
    this.#options.after(delayMs, async () => {
      try {
        await this.#options.worker(delivery);
      } catch {
        // The worker has said why. The last word is in its log, for there is nowhere to lay it aside.
        if (attempts < MOST_ATTEMPTS) {
          this.#wait(delivery, { delayMs: REJECTED_DELAY_MS, attempts: attempts + 1 });
          return;
        }
      }
      for (const { connectionId } of delivery.recipients) this.#done(connectionId);
    });
  }

  /** Whether one more may wait for the connection. */
  #count(connectionId: ConnectionId): boolean {
    const waiting = this.#waiting.get(connectionId) ?? 0;
    if (waiting < MOST_WAITING) {
      this.#waiting.set(connectionId, waiting + 1);
      return true;
    }
    void this.#options.disconnect(connectionId);
    return false;
  }

  #done(connectionId: ConnectionId): void {
    const waiting = (this.#waiting.get(connectionId) ?? 1) - 1;
    if (waiting === 0) this.#waiting.delete(connectionId);
    else this.#waiting.set(connectionId, waiting);
  }
}
