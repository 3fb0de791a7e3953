// In the place of a function: makes the fan-outs that its parent asks for, one after the other. A way keeps its sockets
// from one to the next.
import { randomBytes } from 'node:crypto';
import type { FanOut, Job } from './job.ts';
import type { Target } from './target.ts';
import type { Way } from './ways.ts';

/** Serves the parent with one way of sending. */
export function serve(makeWay: (target: Target) => Way): void {
  const ways = new Map<string, Way>();
  process.on('message', async (job: Job) => {
    const key = `${job.concurrency} ${job.url}`;
    const way = ways.get(key) ?? makeWay(job);
    ways.set(key, way);
    process.send?.(await fanOut(way, job.recipients));
  });
  process.send?.('ready');
}

/** What a chat of 200 bytes is on its way to a recipient. */
const payload = JSON.stringify({
  type: 'chat',
  from: { connectionId: 'L0SM9cOFvHcCIhw=', userId: 'user-1', userName: 'User 1' },
  ...{ data: 'x'.repeat(200), timestamp: '2026-11-28T00:00:00.000Z', messageId: 'm'.repeat(36), seq: 100 },
});

async function fanOut(way: Way, recipients: number): Promise<FanOut> {
  // Of the shape that API Gateway's have.
  const ids = Array.from({ length: recipients }, () => `${randomBytes(11).toString('base64url')}=`);
  const cpuBefore = process.cpuUsage();
  const startedAtMs = performance.now();
  const failed = await way(ids, payload);
  const tookMs = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { tookMs, cpuMs: (user + system) / 1000, failed };
}
