import type { Gateway } from '../src/gateway/Gateway.ts';
import type { ConnectionSender, SendOutcome } from '../src/meeting/ports.ts';
import type { ConnectionId } from '../src/protocol/ids.ts';

/** {@link ConnectionSender} on the gateway in the same process: what `@connections` is on AWS, without the HTTP. */
export class GatewaySender implements ConnectionSender {
  readonly #gateway: () => Gateway;

  /** The gateway is asked for late, since it needs the handlers, which need this. */
  constructor(gateway: () => Gateway) {
    this.#gateway = gateway;
  }

  async send(connectionIds: readonly ConnectionId[], payload: string): Promise<readonly SendOutcome[]> {
    return this.#gateway().send(connectionIds, payload);
  }

  async disconnect(connectionId: ConnectionId): Promise<SendOutcome> {
    return this.#gateway().disconnect(connectionId);
  }

  async check(connectionId: ConnectionId): Promise<'open' | 'gone'> {
    return this.#gateway().isOpen(connectionId) ? 'open' : 'gone';
  }
}
