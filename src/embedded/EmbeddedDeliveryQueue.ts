import type { Connection, ConnectionSender, DeliveryQueue, Entry, SendOutcome } from '../meeting/ports.ts';
import type { ConnectionId } from '../protocol/ids.ts';

/** What retrying needs. */
export type EmbeddedDeliveryQueueOptions = {
  readonly connections: ConnectionSender;
  /** Calls back once, after a time. */
  readonly after: (delayMs: number, callback: () => void) => void;
};

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
const GIVEN_UP_AFTER_MS = 120_000;
/** A connection that has not joined may still be opening, and seem gone until then. */
const OPENING_MS = 30_000;
/** Lines that may wait for one connection; with more it is better off reading them after coming back. */
const MOST_WAITING = 1000;

type Attempt = {
  readonly connection: Connection;
  readonly entry: Entry;
  readonly delayMs: number;
  readonly waitedMs: number;
};

/** {@link DeliveryQueue} in the memory of one process. What waits dies with the process, and so do the connections. */
export class EmbeddedDeliveryQueue implements DeliveryQueue {
  readonly #options: EmbeddedDeliveryQueueOptions;
  readonly #waiting = new Map<ConnectionId, number>();

  constructor(options: EmbeddedDeliveryQueueOptions) {
    this.#options = options;
  }

  async retry(connection: Connection, entry: Entry): Promise<void> {
    const { connectionId } = connection;
    const waiting = this.#waiting.get(connectionId) ?? 0;
    if (waiting >= MOST_WAITING) {
      await this.#options.connections.disconnect(connectionId);
      return;
    }
    this.#waiting.set(connectionId, waiting + 1);
    this.#wait({ connection, entry, delayMs: FIRST_DELAY_MS, waitedMs: 0 });
  }

  /** How many connections something waits for. */
  get size(): number {
    return this.#waiting.size;
  }

  #wait(attempt: Attempt): void {
    const { connection, entry, delayMs } = attempt;
    const { connectionId } = connection;
    const { connections, after } = this.#options;
    after(delayMs, async () => {
      const [outcome = 'failed'] = await connections.send([connectionId], entry.text);
      const waitedMs = attempt.waitedMs + delayMs;
      const leftMs = patienceMs(outcome, connection) - waitedMs;
      if (leftMs > 0) {
        this.#wait({ ...attempt, waitedMs, delayMs: Math.min(delayMs * 2, LONGEST_DELAY_MS, leftMs) });
        return;
      }
      this.#done(connectionId);
      if (outcome === 'failed') await connections.disconnect(connectionId);
    });
  }

  #done(connectionId: ConnectionId): void {
    const waiting = (this.#waiting.get(connectionId) ?? 1) - 1;
    if (waiting === 0) this.#waiting.delete(connectionId);
    else this.#waiting.set(connectionId, waiting);
  }
}

/** For how long in all it is worth trying, after this outcome. */
function patienceMs(outcome: SendOutcome, { joinedAtMs }: Connection): number {
  switch (outcome) {
    case 'sent':
      return 0;
    case 'gone':
      return joinedAtMs === undefined ? OPENING_MS : 0;
    case 'failed':
      return GIVEN_UP_AFTER_MS;
  }
}
