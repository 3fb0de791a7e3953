import { ProtocolError } from '../protocol/errors.ts';
import type { UserId } from '../protocol/ids.ts';
import { announce, type DeliverPorts } from './deliver.ts';
import { dismiss } from './dismiss.ts';
import type { Connection, LockOutcome } from './ports.ts';

/** What removing needs from outside. */
export type RemovalPorts = DeliverPorts & {
  /** How long who was removed can't come back. */
  readonly banSeconds: number;
};

/** What removing somebody came to: which connections were theirs, and what went wrong in telling of it. */
export type Removal = { readonly removed: readonly Connection[]; readonly errors: readonly unknown[] };

/** What locking came to, and what went wrong in telling of it. */
export type LockChange = { readonly outcome: LockOutcome['outcome']; readonly errors: readonly unknown[] };

/**
 * Puts a user out of the host's meeting, for so many seconds. The membership ends first, so that whatever else comes of
 * closing their connections is no news. Throws `hosts_only`, `not_joined`, `target_not_found`, and `invalid_request` of the
 * host itself.
 */
export async function remove(host: Connection, userId: UserId, ports: RemovalPorts): Promise<Removal> {
  demandHost(host);
  if (userId === host.userId) {
    const details = { field: 'userId' };
    throw new ProtocolError('invalid_request', 'userId is your own: send leave instead.', { details });
  }
  return putOut({ meetingId: host.meetingId, userId }, ports);
}

/**
 * Removes a user on nobody's but the operator's word, with all that {@link remove} promises. Throws `target_not_found`.
 */
export async function putOut(
  user: Pick<Connection, 'meetingId' | 'userId'>,
  ports: RemovalPorts,
): Promise<Removal> {
  const result = await ports.meetings.remove(user, ports.banSeconds);
  if (result.outcome === 'not-there') throw new ProtocolError('target_not_found');
  const { removed, announcement } = result;
  const [errors] = await Promise.all([
    announce([announcement], user, ports),
    ...removed.map((connection) => dismiss(connection, 'removed', ports.connections)),
  ]);
  return { removed, errors };
}

/** Keeps newcomers out of the host's meeting, or lets them in again, and tells the others. Throws `hosts_only` and `not_joined`. */
export async function setLock(
  host: Connection,
  lock: 'locked' | 'unlocked',
  ports: DeliverPorts,
): Promise<LockChange> {
  demandHost(host);
  const result = await ports.meetings.setLock(host, lock);
  if (result.outcome === 'unchanged') return { outcome: 'unchanged', errors: [] };
  const { meetingId, connectionId } = host;
  const errors = await announce([result.announcement], { meetingId, except: connectionId }, ports);
  return { outcome: 'changed', errors };
}

/** A token may make a host of somebody who only listens so far; but a meeting is hosted by who is seen to be there. */
function demandHost({ role, joinedAtMs }: Connection): void {
  if (role !== 'host') throw new ProtocolError('hosts_only');
  if (joinedAtMs === undefined) throw new ProtocolError('not_joined');
}
