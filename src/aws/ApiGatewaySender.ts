import type { ConnectionSender, SendOutcome } from '../meeting/ports.ts';
import type { ConnectionId } from '../protocol/ids.ts';
import type { ManagementAnswer, ManagementApi } from './ManagementApi.ts';
import { Slots } from './Slots.ts';
import type { Backoff } from './transact.ts';

/** What sending through `@connections` needs. */
export type ApiGatewaySenderOptions = Backoff & {
  /** That of the API which the current invocation belongs to. */
  readonly api: () => Pick<ManagementApi, 'request'>;
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
    const body = Buffer.from(payload);
    return Promise.all(
      connectionIds.map((connectionId) => {
        return this.#slots.run(() => this.#retried('POST', connectionId, body));
      }),
    );
  }

  disconnect(connectionId: ConnectionId): Promise<SendOutcome> {
    return this.#retried('DELETE', connectionId);
  }

  async check(connectionId: ConnectionId): Promise<'open' | 'gone' | 'unknown'> {
    return outcomes[await this.#retried('GET', connectionId)];
  }

  async #retried(
    method: 'POST' | 'GET' | 'DELETE',
    connectionId: ConnectionId,
    body?: Buffer,
  ): Promise<SendOutcome> {
    const { api, sleep, random, remainingMs, report } = this.#options;
    if (remainingMs() < RESERVED_MS) return 'failed';
    for (let tries = 1; ; tries++) {
      const { outcome, error } = await attempt(() => api().request(method, connectionId, body));
      if (outcome === 'sent' || outcome === 'gone') return outcome;
      const delayMs = random() * 50 * 2 ** tries;
      if (outcome === 'failed' || tries === ATTEMPTS || remainingMs() - delayMs < RESERVED_MS) {
        report(error);
        return 'failed';
      }
      await sleep(delayMs);
    }
  }
}

const outcomes = { sent: 'open', gone: 'gone', failed: 'unknown' } as const;

type Attempt = { readonly outcome: SendOutcome | 'again'; readonly error?: unknown };

async function attempt(request: () => Promise<ManagementAnswer>): Promise<Attempt> {
  try {
    const answer = await request();
    const outcome = outcomeOf(answer);
    if (outcome === 'sent' || outcome === 'gone') return { outcome };
    const { statusCode, refusal } = answer;
    return { outcome, error: new Error(`@connections answered with ${statusCode}: ${refusal}`) };
  } catch (cause) {
    return { outcome: 'again', error: new Error('@connections did not answer', { cause }) };
  }
}

/**
 * What an answer of `@connections` means for the recipient: 410, and the 400 of an id that API Gateway never gave
 * out, mean gone; 429 and 5xx may pass, as may no answer at all.
 */
function outcomeOf({ statusCode, refusal = '' }: ManagementAnswer): SendOutcome | 'again' {
  if (statusCode >= 200 && statusCode < 300) return 'sent';
  if (statusCode === 410) return 'gone';
  if (statusCode === 400 && refusal.includes('Invalid connectionId')) return 'gone';
  return statusCode === 429 || statusCode >= 500 ? 'again' : 'failed';
}
