import { backoffMs } from './backoff.ts';
import type { WebSocketConstructor } from './ClientSocket.ts';
import type { Clock } from './clock.ts';
import type { Frame } from './frames.ts';
import { Link, type LinkEnd, type Welcomed } from './Link.ts';
import { MeetingError } from './MeetingError.ts';
import { isExpelled } from './Requests.ts';
import type { ClosedReason, StateEvent } from './state.ts';
import { Timers } from './Timers.ts';
import { ATTEMPT_MS, FLOODED_MS, LINGER_MS, STABLE_MS } from './timing.ts';

/** What a connector needs, and whom it tells. */
export type ConnectorPorts = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly webSocket: WebSocketConstructor;
  readonly url: string;
  /** The subprotocols of an attempt, for which a token may have to be fetched. */
  readonly protocols: () => Promise<readonly string[]>;
  /** What a join says; `replaces` names the connection that it takes the place of. */
  readonly join: (replaces: string | undefined) => Frame;
  /** Renews a connection at this age instead of shortly before the server ends it. */
  readonly renewAfterMs?: number | undefined;
  /** A connection is in use from now on. Called before the frames that came while it was joining. */
  readonly onUp: (link: Link, welcomed: Welcomed) => void;
  readonly onFrame: (frame: Frame) => void;
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
  readonly #timers: Timers<'retry' | 'renew' | 'linger' | 'token'>;
  #current: Link | undefined;
  #retired: Link | undefined;
  /** The attempt under way: a link, or first the token for it. */
  #attempt: { link?: Link } | undefined;
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
    if (this.#history === 'closed') return;
    const { link } = this.#attempt ?? {};
    if (link && !link.isOpening) return;
    link?.end();
    this.#timers.stop('retry');
    const attempt: { link?: Link } = {};
    this.#attempt = attempt;
    const late = new MeetingError('timed_out', 'No answer in time.', { retryable: true });
    this.#timers.set('token', ATTEMPT_MS, () => this.#onFailed(attempt, late));
    this.#ports.protocols().then(
      (protocols) => {
        if (this.#attempt === attempt) this.#open(attempt, protocols);
      },
      (cause: unknown) => {
        const error = new MeetingError('token_failed', 'getToken failed.', { retryable: true, cause });
        this.#onFailed(attempt, error);
      },
    );
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
    const links = [this.#attempt?.link, this.#current, this.#retired];
    this.#attempt = undefined;
    this.#current = undefined;
    this.#retired = undefined;
    for (const link of links) link?.end();
    this.#ports.onState({ kind: 'ended', reason, error });
  }

  #open(attempt: { link?: Link }, protocols: readonly string[]): void {
    this.#timers.stop('token');
    const { url, webSocket, clock, join, onFrame } = this.#ports;
    const target = { url, protocols, webSocket, clock, join: () => join(this.#replaces) };
    try {
      attempt.link = new Link(target, {
        onFrame,
        onUp: (link, welcomed) => this.#onUp(link, welcomed),
        onEnd: (link, end) => this.#onEnd(link, end),
      });
    } catch (cause) {
      // No server was asked: a token with characters that can't be sent, or a page that may not use this URL.
      this.close(
        'refused',
        new MeetingError('invalid_request', `There can be no WebSocket: ${cause}`, { cause }),
      );
    }
  }

  #onUp(link: Link, welcomed: Welcomed): void {
    this.#attempt = undefined;
    if (this.#current) this.#retire(this.#current);
    this.#current = link;
    this.#replaces = link.connectionId;
    this.#history = 'welcomed';
    this.#upAtMs = this.#ports.clock.elapsedMs();
    this.#planRenewal(welcomed.welcome.limits.connectionSeconds);
    this.#ports.onUp(link, welcomed);
  }

  #planRenewal(connectionSeconds: number | undefined): void {
    const { renewAfterMs, random } = this.#ports;
    const lifeMs = connectionSeconds === undefined ? undefined : connectionSeconds * 1000;
    const ageMs = renewAfterMs ?? (lifeMs && lifeMs * (RENEW_AT + RENEW_WITHIN * random()));
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
    if (this.#retired === link) this.#retired = undefined;
    link.end();
    this.#ports.onLost(link);
  }

  #onEnd(link: Link, { kind, error }: LinkEnd): void {
    const reason = this.#closingReason(link, kind, error);
    if (reason) this.close(reason, error);
    else if (link === this.#attempt?.link) this.#onFailed(this.#attempt, error);
    else if (link === this.#current) this.#onCurrentLost(error, kind);
    else this.#lose(link);
    if (error.code === 'flooding' && this.#timers.has('retry')) this.#retryAfter(FLOODED_MS);
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

  #onCurrentLost(error: MeetingError, kind: LinkEnd['kind']): void {
    const lost = this.#current;
    this.#current = undefined;
    this.#timers.stop('renew');
    const wasStable = this.#ports.clock.elapsedMs() - this.#upAtMs >= STABLE_MS;
    this.#failures = wasStable ? 0 : this.#failures + 1;
    if (lost) this.#ports.onLost(lost);
    this.#ports.onState({ kind: 'lost', failure: error });
    // A renewal that is under way is the reconnecting.
    if (this.#history === 'closed' || this.#attempt) return;
    this.#retryAfter(kind === 'goingAway' && wasStable ? 0 : this.#backoffMs());
  }

  #onFailed(attempt: { link?: Link }, error: MeetingError): void {
    if (this.#attempt !== attempt) return;
    attempt.link?.end();
    this.#attempt = undefined;
    this.#timers.stop('token');
    this.#failures++;
    this.#ports.onState({ kind: 'failed', failure: error });
    if (this.#history !== 'closed') this.#retryAfter(this.#backoffMs());
  }

  #backoffMs(): number {
    return backoffMs(this.#failures, this.#ports.random);
  }

  #retryAfter(delayMs: number): void {
    this.#timers.set('retry', delayMs, () => this.connect());
  }
}
