import { EmbeddedMeetings } from '../../src/embedded/EmbeddedMeetings.ts';
import type {
  Audience,
  Connection,
  ConnectOutcome,
  LeaveOutcome,
  MembershipLimits,
} from '../../src/meeting/ports.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';

/** Embedded meetings whose store can be made to fail: then every call rejects, with words no client may read. */
export class FaultyMeetings extends EmbeddedMeetings {
  state: 'working' | 'failing' = 'working';

  override async connect(connection: Connection, limits: MembershipLimits): Promise<ConnectOutcome> {
    this.#check();
    return super.connect(connection, limits);
  }

  override async find(connectionId: ConnectionId): Promise<Connection | undefined> {
    this.#check();
    return super.find(connectionId);
  }

  override async leave(connectionId: ConnectionId): Promise<LeaveOutcome> {
    this.#check();
    return super.leave(connectionId);
  }

  override async recipients(audience: Audience): Promise<readonly Connection[]> {
    this.#check();
    return super.recipients(audience);
  }

  #check(): void {
    if (this.state === 'failing') throw new Error('SECRET-TABLE is unreachable');
  }
}
