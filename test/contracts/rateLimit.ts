import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../../src/meeting/ports.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';

const alice = 'alice-1' as ConnectionId;
const bob = 'bob-1' as ConnectionId;

/** What a contract run needs: a limit of 10 messages a second with a burst of 5, and a clock to move. */
export type RateLimitUnderTest = {
  readonly rateLimit: RateLimit;
  readonly advance: (ms: number) => void;
  /** How many connections it keeps anything of. */
  readonly remembered: () => number;
};

/** Proves that an implementation keeps what the RateLimit port promises. */
export function rateLimitContract(name: string, create: () => Promise<RateLimitUnderTest>): void {
  describe(`RateLimit contract: ${name}`, () => {
    const taken = async ({ rateLimit }: RateLimitUnderTest, times: number, connectionId = alice) => {
      const outcomes = [];
      for (let n = 0; n < times; n++) outcomes.push((await rateLimit.take(connectionId)).outcome);
      return outcomes.filter((outcome) => outcome === 'granted').length;
    };

    it('[RT1] grants the burst at once and no more', async () => {
      const limit = await create();
      expect(await taken(limit, 20)).toBe(5);
    });

    it('[RT1] grants the rate in the long run, however it is asked', async () => {
      const limit = await create();
      let granted = 0;
      for (let tick = 0; tick < 1000; tick++) {
        granted += await taken(limit, 3);
        limit.advance(10);
      }
      expect(granted).toBeGreaterThanOrEqual(100);
      expect(granted).toBeLessThanOrEqual(105);
    });

    it('[RT1] saves up no more than the burst', async () => {
      const limit = await create();
      await taken(limit, 5);
      limit.advance(3_600_000);
      expect(await taken(limit, 20)).toBe(5);
    });

    it('[RT1] holds each connection to its own rate', async () => {
      const limit = await create();
      await taken(limit, 20, alice);
      expect(await taken(limit, 20, bob)).toBe(5);
    });

    it('[RT2] grants the next one after retryAfterMs, and not before', async () => {
      const limit = await create();
      await taken(limit, 5);
      const refused = await limit.rateLimit.take(alice);
      if (refused.outcome !== 'refused') throw new Error('the sixth must be refused');
      expect(refused.retryAfterMs).toBe(100);
      limit.advance(refused.retryAfterMs - 1);
      expect((await limit.rateLimit.take(alice)).outcome).toBe('refused');
      limit.advance(1);
      expect((await limit.rateLimit.take(alice)).outcome).toBe('granted');
    });

    it('[RT3] forgets connections that are silent', async () => {
      const limit = await create();
      for (let n = 0; n < 100; n++) await limit.rateLimit.take(`c${n}` as ConnectionId);
      limit.advance(60_000);
      await limit.rateLimit.take(alice);
      expect(limit.remembered()).toBe(1);
    });
  });
}
