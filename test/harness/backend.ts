import type { Backend } from '../../lambda/shared/backend.ts';
import { createLog } from '../../lambda/shared/log.ts';
import { EmbeddedRateLimit } from '../../src/embedded/EmbeddedRateLimit.ts';
import { FloodGuard } from '../../src/meeting/FloodGuard.ts';
import type { ConnectionSender, DeliveryQueue, SendOutcome } from '../../src/meeting/ports.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';
import { memoryMeetings } from './embeddedMeetings.ts';

/** The moment at which everything happens in tests of handlers: 2026-11-22, 08:04:01 UTC. */
export const NOW_MS = Date.UTC(2026, 10, 22, 8, 4, 1);

/** Keeps what was sent to whom; each connection answers as the test says, `sent` unless it says otherwise. */
class RecordingSender implements ConnectionSender {
  readonly calls: string[] = [];
  readonly outcomes = new Map<string, SendOutcome>();

  async send(connectionIds: readonly ConnectionId[], payload: string): Promise<readonly SendOutcome[]> {
    return connectionIds.map((connectionId) => this.#record(connectionId, `send ${connectionId} ${payload}`));
  }

  async check(connectionId: ConnectionId): Promise<'open' | 'gone' | 'unknown'> {
    return states[this.#record(connectionId, `check ${connectionId}`)];
  }

  async disconnect(connectionId: ConnectionId): Promise<SendOutcome> {
    return this.#record(connectionId, `disconnect ${connectionId}`);
  }

  #record(connectionId: ConnectionId, call: string): SendOutcome {
    this.calls.push(call);
    return this.outcomes.get(connectionId) ?? 'sent';
  }
}

const states = { sent: 'open', gone: 'gone', failed: 'unknown' } as const;

/** Where nothing is tried again. */
export const noQueue: DeliveryQueue = { enqueue: async () => {} };

/** A backend of small real ports, in which time stands still and messages are numbered m1, m2, … */
export function testBackend(given: Partial<Backend> = {}) {
  const logged: Readonly<Record<string, unknown>>[] = [];
  let messages = 0;
  const connections = new RecordingSender();
  const backend: Backend = {
    meetings: memoryMeetings({ now: () => NOW_MS }),
    connections,
    rateLimit: new EmbeddedRateLimit({ messagesPerSecond: 50, burst: 100 }, () => NOW_MS),
    floodGuard: new FloodGuard(() => NOW_MS),
    deliveryQueue: noQueue,
    queueAbove: Number.POSITIVE_INFINITY,
    limits: {},
    iceServers: async () => [],
    banSeconds: 3600,
    allowedOrigins: { kind: 'any' },
    authentication: 'off',
    membershipLimits: { connectionsPerMeeting: 500, connectionsPerUser: 5 },
    log: createLog({ level: 'debug', write: (line) => logged.push(JSON.parse(line)), now: () => NOW_MS }),
    now: () => NOW_MS,
    newMessageId: () => `m${++messages}`,
    ...given,
  };
  return { backend, connections, logged };
}
