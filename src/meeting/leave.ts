import { announce, type DeliverPorts } from './deliver.ts';
import type { Connection, LeaveOutcome, LeaveReason } from './ports.ts';

/** What leaving came to, and what went wrong in telling the others. */
export type Departure = { readonly outcome: LeaveOutcome['outcome']; readonly errors: readonly unknown[] };

/** Ends a connection's membership, for whatever reason, and tells the others unless somebody else already has. */
export async function leave(
  connection: Connection,
  reason: LeaveReason,
  ports: DeliverPorts,
): Promise<Departure> {
  const left = await ports.meetings.leave(connection, reason);
  if (left.outcome === 'already-gone') return { outcome: left.outcome, errors: [] };
  return { outcome: left.outcome, errors: await announce([left.announcement], connection, ports) };
}
