import { type ErrorCode, ProtocolError } from '../protocol/errors.ts';
import { announce, type DeliverPorts } from './deliver.ts';
import { dismiss } from './dismiss.ts';
import type { Connection, MembershipLimits, Unwelcome } from './ports.ts';

/** What connecting and joining need from outside. */
export type MembershipPorts = DeliverPorts & { readonly membershipLimits: MembershipLimits };

/** Whose connections a newcomer took the place of, and what went wrong in telling of it. */
export type Arrival = { readonly evicted: readonly Connection[]; readonly errors: readonly unknown[] };

/** What somebody is told who may not be in the meeting now. */
export const refusalCodes = {
  banned: 'removed',
  'meeting-locked': 'meeting_locked',
  'meeting-full': 'meeting_full',
} as const satisfies Record<Unwelcome, ErrorCode>;

/**
 * Makes a connection known to its meeting, and a plain client's a member of it; parts with those that its user thereby
 * holds too many of. Throws `meeting_full`, `meeting_locked` and `removed`.
 */
export async function connect(connection: Connection, ports: MembershipPorts): Promise<Arrival> {
  const result = await ports.meetings.connect(connection, ports.membershipLimits);
  if (result.outcome !== 'connected') throw new ProtocolError(refusalCodes[result.outcome]);
  const { evicted, announcement } = result;
  // Membership has changed already: whatever becomes of the farewells, the newcomer is in.
  await Promise.all(evicted.map((gone) => dismiss(gone, 'replaced', ports.connections)));
  return { evicted, errors: await announce([announcement], connection, ports) };
}
