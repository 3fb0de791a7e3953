import type { Delivery } from '../meeting/ports.ts';
import { decodeDelivery } from './deliveryMessages.ts';

/** An event that Lambda's poller makes of a queue's messages, as far as it is read here. */
export type QueueEvent = {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
};

/** Which messages are to come again; the others are deleted. */
export type BatchResult = {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
};

/**
 * Has a worker do every delivery of a batch, side by side, and names those that failed, so that none of the others comes
 * again for their sake: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 *
 * What is no delivery fails, too, so that it ends where people see it. `onUnreadable` is told why.
 */
export async function workThrough(
  { Records }: QueueEvent,
  worker: (delivery: Delivery) => Promise<void>,
  onUnreadable: (error: unknown) => void,
): Promise<BatchResult> {
  const read = (body: string): Delivery => {
    try {
      return decodeDelivery(body);
    } catch (error) {
      onUnreadable(error);
      throw error;
    }
  };
  const ends = await Promise.allSettled(Records.map(async ({ body }) => worker(read(body))));
  const failed = Records.filter((_, index) => ends[index]?.status === 'rejected');
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
