import { describe, expect, it } from 'vitest';
import { aConnection } from '../../test/harness/connections.ts';
import type { ConnectionSender, SendOutcome } from '../meeting/ports.ts';
import { EmbeddedDeliveryQueue } from './EmbeddedDeliveryQueue.ts';

const entry = { seq: 7, text: '{"seq":7}' };
const joined = { ...aConnection(), joinedAtMs: 1 };
const opening = aConnection();

/** A queue on a clock that jumps to whatever is due next, and a connection that answers as the test says. */
function aQueue(outcomeAt: (nowMs: number) => SendOutcome) {
  const due: { readonly atMs: number; readonly callback: () => unknown }[] = [];
  const calls: string[] = [];
  let nowMs = 0;
  const connections: ConnectionSender = {
    async send(connectionIds, payload) {
      const outcome = outcomeAt(nowMs);
      calls.push(`${nowMs} ${payload} ${outcome}`);
      return connectionIds.map(() => outcome);
    },
    async disconnect() {
      calls.push(`${nowMs} disconnect`);
      return 'sent';
    },
    check: async () => 'unknown',
  };
  const queue = new EmbeddedDeliveryQueue({
    connections,
    after: (delayMs, callback) => due.push({ atMs: nowMs + delayMs, callback }),
  });
  const run = async () => {
    for (let next = due.shift(); next; next = due.shift()) {
      nowMs = next.atMs;
      await next.callback();
    }
  };
  return { queue, calls, run };
}

describe('the delivery queue of one machine', () => {
  it('[DQ1][LG9] sends again, at growing intervals, until it is sent', async () => {
    const { queue, calls, run } = aQueue((nowMs) => (nowMs < 1000 ? 'failed' : 'sent'));
    await queue.retry(joined, entry);
    await run();
    expect(calls).toEqual([
      '100 {"seq":7} failed',
      '300 {"seq":7} failed',
      '700 {"seq":7} failed',
      '1500 {"seq":7} sent',
    ]);
    expect(queue.size).toBe(0);
  });

  it('[DQ2][LG9] closes the connection after 2 minutes, so that its client comes back', async () => {
    const { queue, calls, run } = aQueue(() => 'failed');
    await queue.retry(joined, entry);
    await run();
    expect(calls.at(-1)).toBe('120000 disconnect');
    expect(calls.at(-2)).toBe('120000 {"seq":7} failed');
    const sentAtMs = calls.slice(0, -1).map((call) => Number.parseInt(call, 10));
    const intervalsMs = sentAtMs.slice(1).map((atMs, index) => atMs - (sentAtMs[index] ?? 0));
    expect(Math.max(...intervalsMs)).toBe(10_000);
    expect(queue.size).toBe(0);
  });

  it('[DQ1] gives up a connection that is gone', async () => {
    const { queue, calls, run } = aQueue(() => 'gone');
    await queue.retry(joined, entry);
    await run();
    expect(calls).toEqual(['100 {"seq":7} gone']);
  });

  it('[DQ1] waits for a connection that may still be opening', async () => {
    const { queue, calls, run } = aQueue((nowMs) => (nowMs < 500 ? 'gone' : 'sent'));
    await queue.retry(opening, entry);
    await run();
    expect(calls.at(-1)).toBe('700 {"seq":7} sent');
    const forever = aQueue(() => 'gone');
    await forever.queue.retry(opening, entry);
    await forever.run();
    expect(forever.calls.at(-1)).toBe('30000 {"seq":7} gone');
  });

  it('[DQ2] closes at once a connection that too much waits for', async () => {
    const { queue, calls } = aQueue(() => 'failed');
    for (let n = 0; n < 1000; n++) await queue.retry(joined, entry);
    expect(calls).toEqual([]);
    await queue.retry(joined, entry);
    expect(calls).toEqual(['0 disconnect']);
  });
});
