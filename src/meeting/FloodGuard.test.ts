import { describe, expect, it } from 'vitest';
import type { ConnectionId } from '../protocol/ids.ts';
import { FloodGuard } from './FloodGuard.ts';

const alice = 'alice-1' as ConnectionId;
const bob = 'bob-1' as ConnectionId;

function start() {
  const clock = { nowMs: 0 };
  const guard = new FloodGuard(() => clock.nowMs);
  /** Which of so many refusals, counted from 1, was a flood. */
  const floods = (times: number, { everyMs = 0, connectionId = alice } = {}) =>
    Array.from({ length: times }, (_, n) => {
      clock.nowMs += everyMs;
      return guard.refused(connectionId) === 'flooding' ? n + 1 : 0;
    }).filter(Boolean);
  return { clock, guard, floods };
}

describe('the flood guard', () => {
  it('[LM6] finds a flood in the 200th refusal within 10 s, and begins to count anew', () => {
    expect(start().floods(450, { everyMs: 50 })).toEqual([200, 400]);
  });

  it('[LM6] finds none in refusals that come more slowly, however many', () => {
    expect(start().floods(2000, { everyMs: 51 })).toEqual([]);
  });

  it('[LM6] finds one whenever it begins', () => {
    const { floods } = start();
    expect(floods(100, { everyMs: 99 })).toEqual([]);
    expect(floods(200)).toEqual([100]);
  });

  it('[LM6] counts each connection by itself', () => {
    const { floods } = start();
    expect(floods(199)).toEqual([]);
    expect(floods(199, { connectionId: bob })).toEqual([]);
    expect(floods(1)).toEqual([1]);
  });

  it('forgets connections that are refused no more', () => {
    const { clock, guard } = start();
    for (let n = 0; n < 1000; n++) guard.refused(`c${n}` as ConnectionId);
    clock.nowMs += 10_000;
    guard.refused(alice);
    expect(guard.size).toBe(1);
  });
});
