import type { RateLimit, RateLimitOutcome } from '../meeting/ports.ts';
import type { ConnectionId } from '../protocol/ids.ts';
import { type Demand, demandOf, grantFrom, type Lease, type Line, lineOf, waitUs } from './leases.ts';
import { type Footing, leaseCommand, refusingItem, writtenItem } from './rateItems.ts';
import type { Store } from './store.ts';
import { repeated } from './transact.ts';

/** A rate, and how much of it may come at once. */
type RateLimitSettings = {
  /** 0 turns the limit off: nothing is read or written. */
  readonly messagesPerSecond: number;
  readonly burst: number;
};

type RateStore = Pick<Store, 'documents' | 'tables' | 'now' | 'newId' | 'sleep' | 'random'>;

/** What an instance knows of a connection that it has granted or refused something. */
type Known =
  | { readonly kind: 'lease'; readonly lease: Lease; readonly askedAtUs: number }
  /** Up to where the line was taken up when a message was refused. */
  | { readonly kind: 'refused'; readonly takenUntilUs: number; readonly askedAtUs: number };

/** Whoever is not first takes what is left, and sees at once if there is nothing: more than a few tries are no accident. */
const MOST_TRIES = 20;

/** The table is the authority; what is forgotten is read there again. */
const REMEMBERED_US = 10_000_000;

/**
 * {@link RateLimit} for any number of instances on one table: each leases a stretch of a connection's line of time, and
 * grants from it by itself. All together never grant more than the limit ({@link Line} says why): what an instance leases
 * and doesn't use is lost, or given back with its next lease if nobody else has leased meanwhile. A message counts as of when
 * it came.
 *
 * RT2 holds for one instance. With several, whoever asks first gets what is free, and another may be refused once more.
 *
 * A store that fails makes `take` reject. To grant then would open the gates exactly when the store is overrun, and to
 * refuse would tell a client, and the flood guard, that it is at fault; and the message's next call would fail as well.
 */
export class DynamoRateLimit implements RateLimit {
  // In the order of their last use.
  readonly #known = new Map<ConnectionId, Known>();
  readonly #store: RateStore;
  /** Undefined: no limit. */
  readonly #line: Line | undefined;

  constructor(store: RateStore, settings: RateLimitSettings) {
    this.#store = store;
    this.#line = settings.messagesPerSecond === 0 ? undefined : lineOf(settings);
  }

  async take(connectionId: ConnectionId): Promise<RateLimitOutcome> {
    const line = this.#line;
    if (!line) return { outcome: 'granted' };
    const nowUs = Math.floor(this.#store.now() * 1000);
    const known = this.#known.get(connectionId);
    // While more is leased, nothing may be granted from a lease that is about to be cut.
    this.#known.delete(connectionId);
    this.#forget(nowUs);
    const lease = known?.kind === 'lease' ? grantFrom(known.lease, line, nowUs) : undefined;
    if (lease) return this.#granted(connectionId, lease, nowUs);
    return this.#lease(connectionId, known, { line, nowUs });
  }

  /** How many connections it remembers. */
  get size(): number {
    return this.#known.size;
  }

  async #lease(
    connectionId: ConnectionId,
    known: Known | undefined,
    { line, nowUs }: { line: Line; nowUs: number },
  ): Promise<RateLimitOutcome> {
    const previous = known?.kind === 'lease' ? known.lease : undefined;
    let footing = footingOf(known);
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const { takenUntilUs } = footing;
      const waitingUs = waitUs(takenUntilUs, line, nowUs);
      if (waitingUs > 0) {
        const refused = { kind: 'refused', takenUntilUs, askedAtUs: nowUs } as const;
        this.#known.set(
          connectionId,
          footing.kind === 'own' && known ? { ...known, askedAtUs: nowUs } : refused,
        );
        return { outcome: 'refused', retryAfterMs: Math.ceil(waitingUs / 1000) };
      }
      const demand = demandOf(previous, line, { takenUntilUs, nowUs });
      const written = await this.#write(connectionId, footing, { line, nowUs, demand });
      if (written.kind === 'leased') return this.#granted(connectionId, written.lease, nowUs);
      footing = { kind: 'seen', takenUntilUs: written.takenUntilUs };
    }
    throw new Error(
      `gave up after ${MOST_TRIES} leases of the same connection that others were quicker with`,
    );
  }

  async #write(
    connectionId: ConnectionId,
    footing: Footing,
    { line, nowUs, demand }: { line: Line; nowUs: number; demand: Demand },
  ) {
    const { documents, tables, newId } = this.#store;
    const id = newId();
    const request = { table: tables.connections, connectionId, id, footing, nowUs, ...demand };
    const command = leaseCommand(request, line);
    const item = await repeated(() => documents.send(command), this.#store)
      .then(({ Attributes }) => writtenItem(Attributes))
      .catch((error: unknown) => {
        const refusing = refusingItem(error);
        if (!refusing) throw error;
        return refusing;
      });
    // Also if it was refused because an earlier try had done it, whose answer was lost.
    if (item.lease !== id) return { kind: 'refused', takenUntilUs: item.takenUntilUs } as const;
    return { kind: 'leased', lease: leaseOf(id, item.takenUntilUs, { line, nowUs, demand }) } as const;
  }

  #granted(connectionId: ConnectionId, lease: Lease, askedAtUs: number): RateLimitOutcome {
    this.#known.set(connectionId, { kind: 'lease', lease, askedAtUs });
    return { outcome: 'granted' };
  }

  #forget(nowUs: number): void {
    for (const [connectionId, { askedAtUs }] of this.#known) {
      if (nowUs - askedAtUs < REMEMBERED_US) return;
      this.#known.delete(connectionId);
    }
  }
}

function footingOf(known: Known | undefined): Footing {
  if (!known) return { kind: 'seen', takenUntilUs: 0 };
  if (known.kind === 'refused') return { kind: 'seen', takenUntilUs: known.takenUntilUs };
  return { kind: 'own', lease: known.lease.id, takenUntilUs: known.lease.usedUntilUs };
}

/** A lease with the message that it was taken for. */
function leaseOf(
  id: string,
  untilUs: number,
  { line, nowUs, demand }: { line: Line; nowUs: number; demand: Demand },
): Lease {
  const usedUntilUs = untilUs - demand.stretchUs + line.intervalUs;
  return { id, usedUntilUs, untilUs, leasedAtUs: nowUs, wanted: demand.wanted, granted: 1 };
}
