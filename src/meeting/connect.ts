import { ProtocolError } from '../protocol/errors.ts';
import { announce, type DeliverPorts } from './deliver.ts';
import { dismiss } from './dismiss.ts';
import type { Connection, MembershipLimits } from './ports.ts';

/** What connecting and joining need from outside. */
export type MembershipPorts = DeliverPorts & { readonly membershipLimits: MembershipLimits };

/** Whose connections a newcomer took the place of, and what went wrong in telling of it. */
export type Arrival = { readonly evicted: readonly Connection[]; readonly errors: readonly unknown[] };

/**
 * Makes a connection known to its meeting, and a plain client's a member of it; parts with those that its user thereby
 * holds too many of. Throws `meeting_full`.
 */
export async function connect(connection: Connection, ports: MembershipPorts): Promise<Arrival> {
  const result = await ports.meetings.connect(connection, ports.membershipLimits);
  if (result.outcome === 'meeting-full') throw new ProtocolError('meeting_full');
  const { evicted, announcement } = result;
  // Membership has changed already: whatever becomes of the farewells, the newcomer is in.
  await Promise.all(evicted.map((gone) => dismiss(gone, ports.connections)));
  return { evicted, errors: await announce([announcement], connection, ports) };
}
