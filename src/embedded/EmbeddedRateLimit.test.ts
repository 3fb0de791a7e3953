import { expect, it } from 'vitest';
import { rateLimitContract } from '../../test/contracts/rateLimit.ts';
import type { ConnectionId } from '../protocol/ids.ts';
import { EmbeddedRateLimit } from './EmbeddedRateLimit.ts';

rateLimitContract('embedded', async () => {
  let nowMs = 0;
  const rateLimit = new EmbeddedRateLimit({ messagesPerSecond: 10, burst: 5 }, () => nowMs);
  return {
    rateLimit,
    advance: (ms) => {
      nowMs += ms;
    },
    remembered: () => rateLimit.size,
  };
});

it('[LM3] grants everything when the limit is off', async () => {
  const rateLimit = new EmbeddedRateLimit({ messagesPerSecond: 0, burst: 1 }, () => 0);
  for (let n = 0; n < 1000; n++) {
    expect(await rateLimit.take('alice-1' as ConnectionId)).toEqual({ outcome: 'granted' });
  }
});
