import { ProtocolError } from '../protocol/errors.ts';
import type { JoinRequest } from '../protocol/join.ts';
import { type Arrival, type MembershipPorts, refusalCodes } from './connect.ts';
import { announce } from './deliver.ts';
import { dismiss } from './dismiss.ts';
import type { Connection, JoinOutcome, Unwelcome } from './ports.ts';

/** Who has joined, and how. */
export type Joined = Arrival & {
  readonly connection: Connection;
  readonly outcome: Exclude<JoinOutcome['outcome'], Unwelcome | 'not-connected'>;
};

/**
 * Makes a connection one that the others see, and tells them; parts with those that its user thereby holds too many
 * of. Throws `meeting_full`, `meeting_locked`, `removed` and `not_in_meeting`.
 */
export async function join(
  connection: Connection,
  request: JoinRequest,
  ports: MembershipPorts,
): Promise<Joined> {
  const joining = { ...request, limits: ports.membershipLimits };
  const result = await ports.meetings.join(connection, joining);
  switch (result.outcome) {
    case 'banned':
    case 'meeting-locked':
    case 'meeting-full':
      throw new ProtocolError(refusalCodes[result.outcome]);
    case 'not-connected':
      throw new ProtocolError('not_in_meeting');
  }
  const { outcome, evicted, announcement } = result;
  await Promise.all(evicted.map((gone) => dismiss(gone, 'replaced', ports.connections)));
  const { meetingId, connectionId } = connection;
  // The newcomer learns of itself from its welcome.
  const errors = await announce([announcement], { meetingId, except: connectionId }, ports);
  return { connection: result.connection, outcome, evicted, errors };
}
