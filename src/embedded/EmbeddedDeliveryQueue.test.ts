import { setImmediate as nextTick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { deliveryQueueContract } from '../../test/contracts/deliveryQueue.ts';
import { aConnection } from '../../test/harness/connections.ts';
import { ManualClock } from '../../test/harness/ManualClock.ts';
import type { Delivery } from '../meeting/ports.ts';
import { EmbeddedDeliveryQueue } from './EmbeddedDeliveryQueue.ts';

/** A queue on a clock that the test moves, and whom it has closed. */
function aQueue(worker: (delivery: Delivery) => Promise<void>) {
  const clock = new ManualClock();
  const closed: string[] = [];
  const queue = new EmbeddedDeliveryQueue({
    worker,
    disconnect: async (connectionId) => closed.push(connectionId),
    after: (delayMs, callback) => clock.after(delayMs, callback),
  });
  const advance = async (ms: number) => {
    clock.advance(ms);
    await nextTick();
  };
  return { queue, closed, advance };
}

deliveryQueueContract('one machine', async (worker) => aQueue(worker));

describe('the delivery queue of one machine', () => {
  const delivery: Delivery = {
    recipients: [aConnection()],
    payload: { seq: 7, text: '{"seq":7}' },
    sinceMs: 0,
    delays: 1,
  };

  it('closes at once a connection that too much waits for, and sends to the others', async () => {
    const done: Delivery[] = [];
    const { queue, closed, advance } = aQueue(async (given) => void done.push(given));
    for (let n = 0; n < 1000; n++) await queue.enqueue([delivery], 1000);
    expect(closed).toEqual([]);
    const other = aConnection({ connectionId: 'b=', userId: 'bob' });
    await queue.enqueue([{ ...delivery, recipients: [...delivery.recipients, other] }], 1000);
    expect(closed).toEqual([aConnection().connectionId]);
    await advance(1000);
    expect(done).toHaveLength(1001);
    expect(done.at(-1)?.recipients).toEqual([other]);
  });

  it('keeps nothing of what is done, or was given up', async () => {
    let rejecting = false;
    const { queue, advance } = aQueue(async () => {
      if (rejecting) throw new Error('rejected');
    });
    await queue.enqueue([delivery, delivery], 0);
    expect(queue.size).toBe(1);
    await advance(0);
    expect(queue.size).toBe(0);
    rejecting = true;
    await queue.enqueue([delivery], 0);
    for (let times = 0; times < 5; times++) await advance(1000);
    expect(queue.size).toBe(0);
  });
});
