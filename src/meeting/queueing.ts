import type { Announcement, Delivery, DeliveryQueue, Recipient } from './ports.ts';

/** What leaving something to the queue takes. */
export type QueueingPorts = {
  readonly deliveryQueue: DeliveryQueue;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/**
 * Recipients of one delivery of a large fan-out. Few enough that a worker which dies repeats little, and that workers
 * share the work; enough that handing it over costs little beside sending it.
 */
const CHUNK_RECIPIENTS = 100;

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;
const GIVEN_UP_AFTER_MS = 120_000;

/** Hands a payload over for all recipients, in chunks that may be sent in any order. Rejects if the queue may lack some. */
export function queueFanOut(
  recipients: readonly Recipient[],
  payload: Announcement,
  { deliveryQueue, now }: QueueingPorts,
): Promise<void> {
  const sinceMs = now();
  const chunks = Math.ceil(recipients.length / CHUNK_RECIPIENTS);
  const deliveries = Array.from({ length: chunks }, (_, chunk): Delivery => {
    const from = chunk * CHUNK_RECIPIENTS;
    return { recipients: recipients.slice(from, from + CHUNK_RECIPIENTS), payload, sinceMs, delays: 0 };
  });
  return deliveryQueue.enqueue(deliveries, 0);
}

/** Hands over for another try what has failed for the first time. */
export function queueRetry(
  { recipients, payload }: Pick<Delivery, 'recipients' | 'payload'>,
  { deliveryQueue, now }: QueueingPorts,
): Promise<void> {
  return deliveryQueue.enqueue([{ recipients, payload, sinceMs: now(), delays: 1 }], FIRST_DELAY_MS);
}

/** Hands a delivery over once more, each time for longer; `given-up` when it has been tried for two minutes. */
export async function queueAgain(
  delivery: Delivery,
  { deliveryQueue, now }: QueueingPorts,
): Promise<'queued' | 'given-up'> {
  const leftMs = delivery.sinceMs + GIVEN_UP_AFTER_MS - now();
  if (leftMs <= 0) return 'given-up';
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** delivery.delays, LONGEST_DELAY_MS, leftMs);
  await deliveryQueue.enqueue([{ ...delivery, delays: delivery.delays + 1 }], delayMs);
  return 'queued';
}

/** Whether a delivery has waited for so long that there's no use in it any more, unless the log promises it. */
export function isTooLate({ sinceMs, payload }: Delivery, nowMs: number): boolean {
  return payload.seq === undefined && nowMs - sinceMs > GIVEN_UP_AFTER_MS;
}
