import type { Duplex } from 'node:stream';
import { addressGroup } from './addressGroup.ts';
import type { Clock } from './clock.ts';

/** What one source address may take for itself. Addresses of one IPv6 /64 count as one. */
export type AddressLimits = {
  /** Connections open and under way. Unlimited unless given. */
  readonly connections?: number;
  /** Refusals by the authorizer: so many at once, then one more after each so long. Unlimited unless given. */
  readonly failedAuthentications?: { readonly burst: number; readonly everyMs: number };
  /** Addresses that don't count. None unless given. */
  readonly exempts?: (address: string) => boolean;
};

/** So many addresses are remembered for their failures; of more, those that failed last. */
const REMEMBERED_ADDRESSES = 10_000;

/** Stands before the authorizer and `$connect`, and knows of a request where it comes from, and nothing else. */
export class Gatekeeper {
  readonly #limits: AddressLimits;
  readonly #clock: Clock;
  readonly #connections = new Map<string, number>();
  readonly #failures = new Map<string, { readonly count: number; readonly atMs: number }>();

  constructor(limits: AddressLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Counts a socket for its address until it closes; or says what there are too many of, and counts nothing. */
  enter(address: string, socket: Duplex): 'admitted' | 'too many connections' | 'too many failures' {
    if (this.#limits.exempts?.(address)) return 'admitted';
    const group = addressGroup(address);
    const { failedAuthentications } = this.#limits;
    if (failedAuthentications && this.#failuresOf(group) > failedAuthentications.burst - 1) {
      return 'too many failures';
    }
    const connections = this.#connections.get(group) ?? 0;
    if (connections >= (this.#limits.connections ?? Number.POSITIVE_INFINITY)) return 'too many connections';
    this.#connections.set(group, connections + 1);
    socket.once('close', () => this.#leave(group));
    return 'admitted';
  }

  /** Notes that the authorizer refused a request from there. */
  fail(address: string): void {
    const { failedAuthentications, exempts } = this.#limits;
    if (!failedAuthentications || exempts?.(address)) return;
    const group = addressGroup(address);
    // Those that were under way when the limit was reached count as well, but hold up nobody for ever.
    const count = Math.min(this.#failuresOf(group) + 1, 2 * failedAuthentications.burst);
    this.#failures.delete(group);
    this.#failures.set(group, { count, atMs: this.#clock.elapsedMs() });
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined && this.#failures.size > REMEMBERED_ADDRESSES) this.#failures.delete(oldest);
  }

  /** How many failures are not yet made good by time. */
  #failuresOf(group: string): number {
    const noted = this.#failures.get(group);
    const { everyMs = 1 } = this.#limits.failedAuthentications ?? {};
    if (!noted) return 0;
    const count = noted.count - (this.#clock.elapsedMs() - noted.atMs) / everyMs;
    if (count > 0) return count;
    this.#failures.delete(group);
    return 0;
  }

  #leave(group: string): void {
    const connections = (this.#connections.get(group) ?? 0) - 1;
    if (connections > 0) this.#connections.set(group, connections);
    else this.#connections.delete(group);
  }
}
