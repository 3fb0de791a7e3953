import type { DeliverPorts } from './deliver.ts';
import { leave } from './leave.ts';
import type { Connection, LeaveReason } from './ports.ts';

/** Younger connections are left to their own ends: nearly all of them come to be known by themselves. */
const ASKED_AFTER_MS = 10 * 60_000;

/** API Gateway ends every connection after 2 hours, and this is five minutes on the safe side. */
const ENDED_AFTER_MS = 125 * 60_000;

/** Questions to `@connections` under way at once. */
const CONCURRENCY = 50;

/** What a sweep found and did. */
export type SweepReport = {
  readonly checked: number;
  readonly removed: readonly Connection[];
  readonly errors: readonly unknown[];
};

/**
 * Ends the memberships whose connections ended without anybody being told: `$disconnect` is best effort
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html).
 * Never rejects for one connection's sake, since others wait behind it.
 */
export async function sweep(ports: DeliverPorts): Promise<SweepReport> {
  const nowMs = ports.now();
  const removed: Connection[] = [];
  const errors: unknown[] = [];
  let checked = 0;
  const visit = async (connection: Connection) => {
    const reason = await endOf(connection, nowMs, ports);
    if (!reason) return;
    const left = await leave(connection, reason, ports);
    if (left.outcome !== 'already-gone') removed.push(connection);
    errors.push(...left.errors);
  };
  for await (const batch of ports.meetings.connectedBefore(nowMs - ASKED_AFTER_MS)) {
    checked += batch.length;
    for (let from = 0; from < batch.length; from += CONCURRENCY) {
      const visits = await Promise.allSettled(batch.slice(from, from + CONCURRENCY).map(visit));
      errors.push(...visits.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])));
    }
  }
  return { checked, removed, errors };
}

async function endOf(
  { connectionId, connectedAtMs }: Connection,
  nowMs: number,
  { connections }: DeliverPorts,
): Promise<LeaveReason | undefined> {
  if (nowMs - connectedAtMs > ENDED_AFTER_MS) return 'expired';
  return (await connections.check(connectionId)) === 'gone' ? 'connection-lost' : undefined;
}
