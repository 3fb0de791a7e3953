/** A message as a queue keeps it. */
export type QueuedMessage = {
  readonly messageId: string;
  readonly body: string;
  readonly sentAtMs: number;
  /** How often it was received, this time included. */
  receives: number;
  visibleAtMs: number;
};

/** How a queue is set up, and what it counts time by. */
export type StandardQueueOptions = {
  readonly visibilityMs: number;
  /** Received once more than this, a message is laid aside. */
  readonly maxReceives: number;
  readonly nowMs: () => number;
};

/**
 * What SQS promises of a standard queue: a message that was received is hidden for a while, comes again unless it is
 * deleted, and ends among the dead letters when it has come too often.
 */
export class StandardQueue {
  readonly deadLetters: QueuedMessage[] = [];
  readonly #options: StandardQueueOptions;
  readonly #messages = new Map<string, QueuedMessage>();

  constructor(options: StandardQueueOptions) {
    this.#options = options;
  }

  /** What is neither deleted nor laid aside. */
  get size(): number {
    return this.#messages.size;
  }

  send(body: string, delayMs: number): QueuedMessage {
    const sentAtMs = this.#options.nowMs();
    const messageId = crypto.randomUUID();
    const message = { messageId, body, sentAtMs, receives: 0, visibleAtMs: sentAtMs + delayMs };
    this.#messages.set(messageId, message);
    return message;
  }

  receive(most: number): readonly QueuedMessage[] {
    const { nowMs, visibilityMs, maxReceives } = this.#options;
    const received: QueuedMessage[] = [];
    for (const message of this.#messages.values()) {
      if (received.length === most) break;
      if (message.visibleAtMs > nowMs()) continue;
      if (message.receives === maxReceives) {
        this.#messages.delete(message.messageId);
        this.deadLetters.push(message);
        continue;
      }
      message.receives += 1;
      message.visibleAtMs = nowMs() + visibilityMs;
      received.push(message);
    }
    return received;
  }

  delete(messageId: string): void {
    this.#messages.delete(messageId);
  }
}
