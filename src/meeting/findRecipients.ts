import { ProtocolError } from '../protocol/errors.ts';
import type { Audience, Connection, Meetings } from './ports.ts';

/**
 * The connections that a message goes to: of a broadcast, everyone's but the one it came from.
 *
 * Throws `target_not_found` for a user or connection that isn't in the meeting, wherever else it may be.
 */
export async function findRecipients(
  meetings: Meetings,
  sender: Connection,
  audience: Audience,
): Promise<readonly Connection[]> {
  const members = await meetings.recipients(audience);
  if (audience.kind === 'meeting') {
    return members.filter(({ connectionId }) => connectionId !== sender.connectionId);
  }
  if (members.length === 0) throw new ProtocolError('target_not_found');
  return members;
}
