import { ProtocolError } from '../protocol/errors.ts';
import { encodeFrame } from '../protocol/frames.ts';
import type { Connection, ConnectionSender, Meetings, MembershipLimits } from './ports.ts';

/** What connecting needs from outside. */
export type ConnectPorts = {
  readonly meetings: Meetings;
  readonly connections: ConnectionSender;
  readonly membershipLimits: MembershipLimits;
};

/**
 * Makes a connection a member of its meeting, and parts with those that its user thereby holds too many of.
 *
 * Returns the connections that were parted with. Throws `meeting_full`.
 */
export async function connect(connection: Connection, ports: ConnectPorts): Promise<readonly Connection[]> {
  const result = await ports.meetings.connect(connection, ports.membershipLimits);
  if (result.outcome === 'meeting-full') throw new ProtocolError('meeting_full');
  // Membership has changed already: whatever becomes of the farewells, the newcomer is in.
  await Promise.allSettled(result.evicted.map((evicted) => dismiss(evicted, ports.connections)));
  return result.evicted;
}

/** Says why before closing, since API Gateway closes without a code of ours. Membership has already ended. */
async function dismiss({ connectionId }: Connection, connections: ConnectionSender): Promise<void> {
  const bye = encodeFrame({
    type: 'bye',
    code: 'replaced',
    message: 'A newer connection of the same user took the place of this one.',
  });
  await connections.send([connectionId], bye);
  await connections.disconnect(connectionId);
}
