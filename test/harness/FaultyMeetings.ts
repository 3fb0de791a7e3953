import { EmbeddedMeetings } from '../../src/embedded/EmbeddedMeetings.ts';
import type {
  Audience,
  Connection,
  ConnectOutcome,
  LeaveOutcome,
  MembershipLimits,
} from '../../src/meeting/ports.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';

/** Embedded meetings whose store can be made to wait, or to fail: with words that no client may read. */
export class FaultyMeetings extends EmbeddedMeetings {
  state: 'working' | 'failing' | 'stalled' = 'working';

  override async connect(connection: Connection, limits: MembershipLimits): Promise<ConnectOutcome> {
    await this.#check();
    return super.connect(connection, limits);
  }

  override async find(connectionId: ConnectionId): Promise<Connection | undefined> {
    await this.#check();
    return super.find(connectionId);
  }

  override async leave(connectionId: ConnectionId): Promise<LeaveOutcome> {
    await this.#check();
    return super.leave(connectionId);
  }

  override async recipients(audience: Audience): Promise<readonly Connection[]> {
    await this.#check();
    return super.recipients(audience);
  }

  async #check(): Promise<void> {
    while (this.state === 'stalled') await new Promise(setImmediate);
    if (this.state === 'failing') throw new Error('SECRET-TABLE is unreachable');
  }
}
