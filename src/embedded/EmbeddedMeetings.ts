import type {
  Audience,
  Connection,
  ConnectOutcome,
  LeaveOutcome,
  Meetings,
  MembershipLimits,
} from '../meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../protocol/ids.ts';

/** A user's connections to one meeting, oldest first. */
type UserConnections = Map<ConnectionId, Connection>;

/** One meeting's users, and how many connections they hold together. */
type Meeting = { readonly users: Map<UserId, UserConnections>; connectionCount: number };

/**
 * {@link Meetings} in the memory of one process. Connections die with the process, so nothing of them is kept longer.
 *
 * Each method does its work before it returns its promise: in one process that makes it atomic.
 */
export class EmbeddedMeetings implements Meetings {
  readonly #connections = new Map<ConnectionId, Connection>();
  readonly #meetings = new Map<MeetingId, Meeting>();

  async connect(connection: Connection, limits: MembershipLimits): Promise<ConnectOutcome> {
    if (this.#connections.has(connection.connectionId)) return { outcome: 'connected', evicted: [] };
    const meeting = this.#meetings.get(connection.meetingId);
    const own = [...(meeting?.users.get(connection.userId)?.values() ?? [])];
    const evicted = own.slice(0, Math.max(0, own.length + 1 - limits.connectionsPerUser));
    const connectionCount = (meeting?.connectionCount ?? 0) - evicted.length + 1;
    if (connectionCount > limits.connectionsPerMeeting) return { outcome: 'meeting-full' };
    for (const { connectionId } of evicted) this.#remove(connectionId);
    this.#add(connection);
    return { outcome: 'connected', evicted };
  }

  async find(connectionId: ConnectionId): Promise<Connection | undefined> {
    return this.#connections.get(connectionId);
  }

  async leave(connectionId: ConnectionId): Promise<LeaveOutcome> {
    return this.#remove(connectionId);
  }

  async recipients(audience: Audience): Promise<readonly Connection[]> {
    switch (audience.kind) {
      case 'connection': {
        const connection = this.#connections.get(audience.connectionId);
        return connection?.meetingId === audience.meetingId ? [connection] : [];
      }
      case 'user':
        return [...(this.#meetings.get(audience.meetingId)?.users.get(audience.userId)?.values() ?? [])];
      case 'meeting':
        return [...(this.#meetings.get(audience.meetingId)?.users.values() ?? [])].flatMap((user) => [
          ...user.values(),
        ]);
    }
  }

  #add(connection: Connection): void {
    const { connectionId, meetingId, userId } = connection;
    const meeting = this.#meetings.get(meetingId) ?? { users: new Map(), connectionCount: 0 };
    const user: UserConnections = meeting.users.get(userId) ?? new Map();
    this.#connections.set(connectionId, connection);
    this.#meetings.set(meetingId, meeting);
    meeting.users.set(userId, user);
    user.set(connectionId, connection);
    meeting.connectionCount++;
  }

  #remove(connectionId: ConnectionId): LeaveOutcome {
    const connection = this.#connections.get(connectionId);
    if (!connection) return { outcome: 'already-gone' };
    const meeting = this.#meetings.get(connection.meetingId);
    const user = meeting?.users.get(connection.userId);
    if (!meeting || !user) throw new Error(`connection ${connectionId} is in no meeting`);
    this.#connections.delete(connectionId);
    user.delete(connectionId);
    meeting.connectionCount--;
    if (user.size > 0) return { outcome: 'remaining', connection };
    meeting.users.delete(connection.userId);
    if (meeting.users.size === 0) this.#meetings.delete(connection.meetingId);
    return { outcome: 'last', connection };
  }
}
