import { backoffMs } from './backoff.ts';
import type { Frame } from './frames.ts';
import { Link, type LinkEnd, type LinkPorts, type Welcomed } from './Link.ts';
import type { MeetingError } from './MeetingError.ts';
import { isExpelled } from './requestSpec.ts';
import type { ClosedReason, StateEvent } from './state.ts';
import { Timers } from './Timers.ts';
import { FLOODED_MS, LINGER_MS, STABLE_MS } from './timing.ts';

/** What a connector needs, and whom it tells. */
export type ConnectorPorts = Omit<LinkPorts, 'join' | 'onEnd'> & {
  readonly random: () => number;
  /** What a join says; `replaces` names the connection that it takes the place of. */
  readonly join: (replaces: string | undefined) => Frame;
  /** Renews a connection at this age instead of shortly before the server ends it. */
  readonly renewAfterMs?: number | undefined;
  /** A connection has ended; its requests get no replies any more. */
  readonly onLost: (link: Link) => void;
  /** Of all that moves the state, but for being up. */
  readonly onState: (event: StateEvent) => void;
  /** Whether something that a retired connection heard of is still waited for. */
  readonly isBehind: () => boolean;
};

/** Of a connection's life, so much passes before it is renewed, and so much more by chance. */
const RENEW_AT = 0.85;
const RENEW_WITHIN = 0.1;

/** Why a join that was refused is not tried again. */
const closing: Readonly<Record<string, ClosedReason>> = {
  removed: 'removed',
  meeting_full: 'full',
  meeting_locked: 'locked',
  meeting_not_allowed: 'not-allowed',
  origin_not_allowed: 'not-allowed',
};

/**
 * Keeps one connection up: attempts again with full jitter after each failure, and renews it before its end, so that the
 * new one is up before the old one closes. Which of them is in use, and which is on its way, is known here alone.
 */
export class Connector {
  readonly #ports: ConnectorPorts;
  readonly #timers: Timers<'retry' | 'renew' | 'linger'>;
  #attempt: Link | undefined;
  #current: Link | undefined;
  #retired: Link | undefined;
  #replaces: string | undefined;
  #failures = 0;
  #upAtMs = 0;
  #history: 'new' | 'welcomed' | 'closed' = 'new';

  constructor(ports: ConnectorPorts) {
    this.#ports = ports;
    this.#timers = new Timers(ports.clock);
  }

  /** The connection in use. */
  get current(): Link | undefined {
    return this.#current;
  }

  /** Begins an attempt at once, in place of one that waits or has not been heard by the server yet. */
  connect(): void {
    if (this.#history === 'closed' || this.#attempt?.isOpening === false) return;
    this.#attempt?.end();
    this.#timers.stop('retry');
    this.#attempt = new Link({
      ...this.#ports,
      join: () => this.#ports.join(this.#replaces),
      onUp: (link, welcomed) => this.#onUp(link, welcomed),
      onEnd: (link, end) => this.#onEnd(link, end),
    });
  }

  /** The network may be back, or another: tries at once, or asks whether the connection in use lives. */
  wake(): void {
    if (this.#current) this.#current.check();
    else this.connect();
  }

  /** Ends everything. */
  close(reason: ClosedReason, error?: MeetingError): void {
    if (this.#history === 'closed') return;
    this.#history = 'closed';
    this.#timers.stopAll();
    for (const link of [this.#attempt, this.#current, this.#retired]) link?.end();
    this.#attempt = undefined;
    this.#current = undefined;
    this.#ports.onState({ kind: 'ended', reason, error });
  }

  #onUp(link: Link, welcomed: Welcomed): void {
    const retiring = this.#current;
    this.#attempt = undefined;
    this.#current = link;
    if (retiring) this.#retire(retiring);
    this.#replaces = welcomed.welcome.self.connectionId;
    this.#history = 'welcomed';
    this.#upAtMs = this.#ports.clock.elapsedMs();
    this.#planRenewal(welcomed.welcome.limits.connectionSeconds);
    this.#ports.onUp(link, welcomed);
  }

  #planRenewal(connectionSeconds = 0): void {
    const { renewAfterMs, random } = this.#ports;
    const ageMs = renewAfterMs ?? connectionSeconds * 1000 * (RENEW_AT + RENEW_WITHIN * random());
    if (ageMs) this.#timers.set('renew', ageMs, () => this.connect());
  }

  /** What was on its way to the old connection may be nowhere else: it is listened to for a while. */
  #retire(link: Link): void {
    if (this.#retired) this.#lose(this.#retired);
    this.#retired = link;
    const linger = () => {
      if (this.#ports.isBehind()) this.#timers.set('linger', LINGER_MS, linger);
      else this.#lose(link);
    };
    this.#timers.set('linger', LINGER_MS, linger);
  }

  #lose(link: Link): void {
    if (link === this.#attempt) this.#attempt = undefined;
    if (link === this.#current) this.#current = undefined;
    if (link === this.#retired) this.#retired = undefined;
    link.end();
    this.#ports.onLost(link);
  }

  #onEnd(link: Link, { kind, error }: LinkEnd): void {
    const reason = this.#closingReason(link, kind, error);
    if (reason) this.close(reason, error);
    else if (link === this.#retired) this.#lose(link);
    else this.#onFailed(link, kind, error);
  }

  /** Why there is no other attempt after an end; undefined if there is one. */
  #closingReason(
    link: Link,
    kind: LinkEnd['kind'],
    { code, retryable }: MeetingError,
  ): ClosedReason | undefined {
    if (kind === 'bye') {
      // A renewal under way may be what took this connection's place.
      const isReplaced = code === 'replaced' && link === this.#current && !this.#attempt;
      return code === 'removed' || isReplaced ? (code as 'removed' | 'replaced') : undefined;
    }
    if (kind !== 'refused' || (retryable && this.#history === 'welcomed')) return undefined;
    return closing[code] ?? (retryable || isExpelled(code) ? undefined : 'refused');
  }

  /** The connection in use, or an attempt at one, has come to its end: another follows. */
  #onFailed(link: Link, kind: LinkEnd['kind'], failure: MeetingError): void {
    const isLoss = link === this.#current;
    const wasStable = isLoss && this.#ports.clock.elapsedMs() - this.#upAtMs >= STABLE_MS;
    this.#failures = wasStable ? 0 : this.#failures + 1;
    if (isLoss) this.#timers.stop('renew');
    this.#lose(link);
    this.#ports.onState({ kind: isLoss ? 'lost' : 'failed', failure });
    // A renewal that is under way is the reconnecting.
    if (this.#history === 'closed' || this.#attempt) return;
    this.#timers.set('retry', this.#pauseMs(kind, failure, wasStable), () => this.connect());
  }

  #pauseMs(kind: LinkEnd['kind'], { code }: MeetingError, wasStable: boolean): number {
    if (code === 'flooding') return FLOODED_MS;
    return kind === 'goingAway' && wasStable ? 0 : backoffMs(this.#failures, this.#ports.random);
  }
}
