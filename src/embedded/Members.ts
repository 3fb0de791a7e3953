import { freshState, type Meeting, type MeetingState } from '../meeting/arrival.ts';
import type { Audience, Connection } from '../meeting/ports.ts';
import { isMember, isPresent, memberCount, type User } from '../meeting/user.ts';
import type { ConnectionId, MeetingId, UserId } from '../protocol/ids.ts';

/** One meeting's users, how many members they are together, and how many of them have joined. */
type MeetingInMemory = {
  readonly users: Map<UserId, User>;
  members: number;
  present: number;
  state: MeetingState;
  /** Every member, since each message asks for them; undefined until one does after a change. */
  everyone: readonly Connection[] | undefined;
};

/** Who names a user: a connection, or the ids themselves. */
type UserKey = { readonly meetingId: MeetingId; readonly userId: UserId };

/** Who is connected, in memory: connections die with the process. Users are replaced as a whole, never changed. */
export class Members {
  readonly #connections = new Map<ConnectionId, Connection>();
  readonly #meetings = new Map<MeetingId, MeetingInMemory>();

  connection(connectionId: ConnectionId): Connection | undefined {
    return this.#connections.get(connectionId);
  }

  connections(): Iterable<Connection> {
    return this.#connections.values();
  }

  user({ meetingId, userId }: UserKey): User | undefined {
    return this.#meetings.get(meetingId)?.users.get(userId);
  }

  users(meetingId: MeetingId): Iterable<User> {
    return this.#meetings.get(meetingId)?.users.values() ?? [];
  }

  /** The connection as its user holds it now, with that user. */
  held({ connectionId, ...key }: UserKey & Pick<Connection, 'connectionId'>) {
    const user = this.user(key);
    const self = user?.held.find(({ connection }) => connection.connectionId === connectionId);
    return user && self ? { user, self } : undefined;
  }

  meeting(meetingId: MeetingId): Meeting {
    const meeting = this.#meetings.get(meetingId);
    if (!meeting) return { populated: false, state: freshState, members: 0 };
    return { populated: meeting.present > 0, state: meeting.state, members: meeting.members };
  }

  /** Puts a state in the place of that of a meeting where somebody is. */
  setState(meetingId: MeetingId, state: MeetingState): void {
    const meeting = this.#meetings.get(meetingId);
    if (meeting) meeting.state = state;
  }

  isEmpty(meetingId: MeetingId): boolean {
    return !this.#meetings.has(meetingId);
  }

  recipients(audience: Audience): readonly Connection[] {
    switch (audience.kind) {
      case 'connection': {
        const connection = this.#connections.get(audience.connectionId);
        return connection?.meetingId === audience.meetingId && isMember(connection) ? [connection] : [];
      }
      case 'user':
        return membersOf(this.user(audience));
      case 'meeting':
        return this.#everyone(audience.meetingId);
    }
  }

  #everyone(meetingId: MeetingId): readonly Connection[] {
    const meeting = this.#meetings.get(meetingId);
    if (!meeting) return [];
    meeting.everyone ??= [...meeting.users.values()].flatMap(membersOf);
    return meeting.everyone;
  }

  /** Puts what a change made of a user in the place of what was. */
  replace(key: UserKey, user: User | undefined): void {
    const meeting = this.#meetings.get(key.meetingId) ?? emptyMeeting();
    const before = meeting.users.get(key.userId);
    for (const { connection } of before?.held ?? []) this.#connections.delete(connection.connectionId);
    for (const { connection } of user?.held ?? []) this.#connections.set(connection.connectionId, connection);
    meeting.members += memberCount(user) - memberCount(before);
    meeting.everyone = undefined;
    meeting.present += Number(isPresent(user)) - Number(isPresent(before));
    if (user) meeting.users.set(key.userId, user);
    else meeting.users.delete(key.userId);
    if (meeting.users.size > 0) this.#meetings.set(key.meetingId, meeting);
    else this.#meetings.delete(key.meetingId);
  }
}

const emptyMeeting = (): MeetingInMemory => ({
  users: new Map(),
  members: 0,
  present: 0,
  state: freshState,
  everyone: undefined,
});

function membersOf(user: User | undefined): readonly Connection[] {
  const members: Connection[] = [];
  for (const { connection } of user?.held ?? []) if (isMember(connection)) members.push(connection);
  return members;
}
