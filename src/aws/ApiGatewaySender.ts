import type { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { ConnectionSender, SendOutcome } from '../meeting/ports.ts';
import type { ConnectionId } from '../protocol/ids.ts';
import { Slots } from './Slots.ts';
import type { Backoff } from './transact.ts';

/** What sending through `@connections` needs. */
export type ApiGatewaySenderOptions = Backoff & {
  /** A client of the API that the current invocation belongs to, with retries of its own off. */
  readonly client: () => ApiGatewayManagementApiClient;
  /** Milliseconds until the current invocation must have returned. */
  readonly remainingMs: () => number;
  /** Posts under way at once, of all payloads together. */
  readonly concurrency: number;
  /** Told why a send failed, as the outcome only says that it did. */
  readonly report: (error: unknown) => void;
};

const ATTEMPTS = 4;
/** Time that an invocation keeps for what comes after sending: removals, the queue, and the ack. */
const RESERVED_MS = 1000;

/**
 * {@link ConnectionSender} on the API Gateway Management API: one post for each recipient, many at once, and none may
 * hold up the others.
 */
export class ApiGatewaySender implements ConnectionSender {
  readonly #options: ApiGatewaySenderOptions;
  readonly #slots: Slots;

  constructor(options: ApiGatewaySenderOptions) {
    this.#options = options;
    this.#slots = new Slots(options.concurrency);
  }

  async send(connectionIds: readonly ConnectionId[], payload: string): Promise<readonly SendOutcome[]> {
    const Data = Buffer.from(payload);
    return Promise.all(
      connectionIds.map((ConnectionId) =>
        this.#slots.run(() =>
          this.#retried(() =>
            this.#options.client().send(new PostToConnectionCommand({ ConnectionId, Data })),
          ),
        ),
      ),
    );
  }

  disconnect(ConnectionId: ConnectionId): Promise<SendOutcome> {
    return this.#retried(() => this.#options.client().send(new DeleteConnectionCommand({ ConnectionId })));
  }

  async check(ConnectionId: ConnectionId): Promise<'open' | 'gone' | 'unknown'> {
    const outcome = await this.#retried(() =>
      this.#options.client().send(new GetConnectionCommand({ ConnectionId })),
    );
    return outcomes[outcome];
  }

  async #retried(call: () => Promise<unknown>): Promise<SendOutcome> {
    const { sleep, random, remainingMs, report } = this.#options;
    if (remainingMs() < RESERVED_MS) {
      report(new Error('there was no time left to send'));
      return 'failed';
    }
    for (let tries = 1; ; tries++) {
      try {
        await call();
        return 'sent';
      } catch (error) {
        const outcome = outcomeOf(error);
        if (outcome === 'gone') return 'gone';
        const delayMs = random() * 50 * 2 ** tries;
        if (outcome === 'failed' || tries === ATTEMPTS || remainingMs() - delayMs < RESERVED_MS) {
          report(error);
          return 'failed';
        }
        await sleep(delayMs);
      }
    }
  }
}

const outcomes = { sent: 'open', gone: 'gone', failed: 'unknown' } as const;

/**
 * What an error of `@connections` means for the recipient: 410, and the 400 of an id that API Gateway never gave
 * out, mean gone; 429, 5xx and no answer at all may pass.
 */
function outcomeOf(error: unknown): 'gone' | 'failed' | 'again' {
  const { name, message, $metadata } = error as {
    name?: string;
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  if (name === 'GoneException' || status === 410) return 'gone';
  if (status === 400 && message?.includes('Invalid connectionId')) return 'gone';
  return status === undefined || status === 429 || status >= 500 ? 'again' : 'failed';
}
