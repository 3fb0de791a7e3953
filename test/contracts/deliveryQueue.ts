import { describe, expect, it } from 'vitest';
import type { Delivery, DeliveryQueue } from '../../src/meeting/ports.ts';
import { aConnection } from '../harness/connections.ts';

/** What a contract run needs: a queue with this worker, and a clock to move. */
type DeliveryQueueUnderTest = {
  readonly queue: DeliveryQueue;
  /** Lets time pass, and what is due be done. */
  readonly advance: (ms: number) => Promise<void>;
};

type Create = (worker: (delivery: Delivery) => Promise<void>) => Promise<DeliveryQueueUnderTest>;

/** Longer than anything that was given to a worker is kept from another. */
const LONG_MS = 600_000;

/** Whose time passes: the test's, or everybody's, in which what was rejected comes again at once. */
type Clock = 'moved' | 'real';

/** Proves that an implementation keeps what the DeliveryQueue port promises; of delays, only on a clock that is moved. */
export function deliveryQueueContract(name: string, create: Create, clock: Clock = 'moved'): void {
  describe(`DeliveryQueue contract: ${name}`, () => {
    it('[DQ1] brings each delivery to a worker, as it is', async () => {
      const { done, worker } = keeping();
      const { queue, advance } = await create(worker);
      const odd = delivery({
        payload: { seq: 7, text: JSON.stringify({ data: '"\\\n\ufffe\uffff𝄞\ud800é' }) },
      });
      const unlogged = delivery({ payload: { seq: undefined, text: '{}' }, sinceMs: 17, delays: 3 });
      await queue.enqueue([odd, unlogged], 0);
      await advance(0);
      expect(done.map(readable).sort()).toEqual([odd, unlogged].map(readable).sort());
    });

    if (clock === 'moved') provesDelays(create);

    it('[DQ1] brings all of a large fan-out', async () => {
      const { done, worker } = keeping();
      const { queue, advance } = await create(worker);
      const text = JSON.stringify({ data: 'x'.repeat(131_000) });
      const deliveries = Array.from({ length: 25 }, (_, delays) =>
        delivery({ delays, payload: { seq: 1, text } }),
      );
      await queue.enqueue(deliveries, 0);
      await advance(0);
      expect(new Set(done.map(({ delays }) => delays)).size).toBe(25);
      expect(done.every(({ payload }) => payload.text === text)).toBe(true);
    });

    it('[DQ2] brings again what a worker rejects, and nothing else', async () => {
      const { done, worker } = keeping({ rejecting: ({ delays }) => delays === 1, times: 2 });
      const { queue, advance } = await create(worker);
      await queue.enqueue([delivery({ delays: 0 }), delivery({ delays: 1 })], 0);
      await advance(0);
      await advance(LONG_MS);
      await advance(LONG_MS);
      expect(done.map(({ delays }) => delays).sort()).toEqual([0, 1, 1, 1]);
      await advance(LONG_MS);
      expect(done).toHaveLength(4);
    });

    it('[DQ2] brings nothing to a worker more than five times', async () => {
      const { done, worker } = keeping({ rejecting: () => true, times: Number.POSITIVE_INFINITY });
      const { queue, advance } = await create(worker);
      await queue.enqueue([delivery({})], 0);
      for (let times = 0; times < 10; times++) await advance(LONG_MS);
      expect(done).toHaveLength(5);
    });
  });
}

function provesDelays(create: Create): void {
  it('[DQ1] brings none before its delay is over, and none again', async () => {
    const { done, worker } = keeping();
    const { queue, advance } = await create(worker);
    await queue.enqueue([delivery({ delays: 2 })], 2000);
    await queue.enqueue([delivery({ delays: 1 })], 1000);
    await advance(999);
    expect(done).toEqual([]);
    await advance(1);
    expect(done.map(({ delays }) => delays)).toEqual([1]);
    await advance(1000);
    expect(done.map(({ delays }) => delays)).toEqual([1, 2]);
    await advance(LONG_MS);
    expect(done).toHaveLength(2);
  });
}

function keeping(given?: { rejecting: (delivery: Delivery) => boolean; times: number }) {
  const done: Delivery[] = [];
  let rejected = 0;
  const worker = async (delivery: Delivery) => {
    done.push(delivery);
    if (!given?.rejecting(delivery) || rejected === given.times) return;
    rejected += 1;
    throw new Error('rejected');
  };
  return { done, worker };
}

function delivery(given: Partial<Delivery>): Delivery {
  const plain = aConnection({ connectionId: 'a=', userId: 'ä\ufffe"' });
  const joined = { ...aConnection({ connectionId: 'b=', userId: 'b' }), joinedAtMs: 5 };
  return { recipients: [plain, joined], payload: { seq: 1, text: '{}' }, sinceMs: 1, delays: 0, ...given };
}

/** What a worker can rely on, as text; of JSON it is what it says that counts. */
const readable = ({ recipients, payload, sinceMs, delays }: Delivery): string =>
  JSON.stringify([
    recipients.map(({ connectionId, meetingId, userId, connectedAtMs, joinedAtMs }) => [
      ...[connectionId, meetingId, userId, connectedAtMs, joinedAtMs],
    ]),
    [payload.seq, JSON.parse(payload.text), sinceMs, delays],
  ]);
