import type { Clock } from './clock.ts';
import { gatewayLimits } from './limits.ts';
import { PendingPromises } from './PendingPromises.ts';

/** How an invocation looked from the gateway; of one that took too long, what it came to in the end. */
export type InvocationOutcome =
  | { readonly status: 'returned'; readonly result: unknown }
  | { readonly status: 'failed' }
  | { readonly status: 'timed-out'; readonly late: Promise<InvocationOutcome> };

/** Which invocation a report is about. */
type InvocationContext = {
  readonly routeKey: string;
  readonly connectionId: string;
  readonly requestId: string;
};

/** What whoever runs the gateway should know of its integrations; clients are told none of it. */
export type GatewayReport = InvocationContext &
  (
    | { readonly kind: 'integration failed' | 'authorizer failed'; readonly error: unknown }
    | { readonly kind: 'integration timed out' | 'authorizer timed out' }
    | { readonly kind: 'malformed result' }
    | { readonly kind: 'malformed authorizer result'; readonly reason: string }
    | {
        readonly kind: 'promises left pending' | 'promises left pending by authorizer';
        readonly count: number;
      }
  );

/** What can be invoked: the integration of a route, or the authorizer of `$connect`. */
type Invoked = 'integration' | 'authorizer';

type Invocable<Event> = { readonly integration: (event: Event) => Promise<unknown> };
type InvocableEvent = { readonly requestContext: InvocationContext };

/** One that runs. */
type Invocation = {
  readonly invoked: Invoked;
  readonly context: InvocationContext;
  /** In elapsed milliseconds, when it has taken too long; undefined once that was told. */
  dueAtMs: number | undefined;
  resolve: (outcome: InvocationOutcome) => void;
};

const pendingKinds = {
  integration: 'promises left pending',
  authorizer: 'promises left pending by authorizer',
} as const;

/** What invoking needs. */
export type InvokerOptions = {
  readonly clock: Clock;
  readonly report: (report: GatewayReport) => void;
  /** Of each route, so many first invocations are watched for promises left pending. */
  readonly watchedInvocations: number;
};

/** Calls integrations as API Gateway does: any number at once, each for 29 seconds at most. */
export class Invoker {
  readonly #options: InvokerOptions;
  readonly #pendingPromises = new PendingPromises();
  readonly #invocationsOf = new Map<string, number>();
  /** In the order in which they are due, since each may take as long. */
  readonly #running = new Set<Invocation>();
  /** One timer for all: it would cost each message more than the rest of invoking. */
  #timer: 'armed' | 'off' = 'off';
  #onSettled: (() => void)[] = [];

  constructor(options: InvokerOptions) {
    this.#options = options;
  }

  /** Never rejects. Of an integration that takes too long the result is dropped; it isn't stopped. */
  invoke<Event extends InvocableEvent>(
    invocable: Invocable<Event>,
    event: Event,
    invoked: Invoked = 'integration',
  ): Promise<InvocationOutcome> {
    const { routeKey, connectionId, requestId } = event.requestContext;
    const context = { routeKey, connectionId, requestId };
    const dueAtMs = this.#options.clock.elapsedMs() + gatewayLimits.integrationMs;
    return new Promise((resolve) => {
      const invocation = { invoked, context, dueAtMs, resolve };
      this.#running.add(invocation);
      this.#arm();
      void this.#run(() => invocable.integration(event), invocation);
    });
  }

  /** Resolves when everything that runs now, and whatever that leads to at once, has come to its end. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await new Promise<void>((resolve) => this.#onSettled.push(resolve));
  }

  async #run(integration: () => Promise<unknown>, invocation: Invocation): Promise<void> {
    try {
      this.#end(invocation, { status: 'returned', result: await this.#watched(integration, invocation) });
    } catch (error) {
      const { invoked, context } = invocation;
      this.#options.report({ kind: `${invoked} failed`, error, ...context });
      this.#end(invocation, { status: 'failed' });
    }
  }

  #end(invocation: Invocation, outcome: InvocationOutcome): void {
    this.#running.delete(invocation);
    invocation.resolve(outcome);
    if (this.#running.size > 0 || this.#onSettled.length === 0) return;
    for (const resolve of this.#onSettled.splice(0)) resolve();
  }

  #arm(): void {
    if (this.#timer === 'armed') return;
    const { clock } = this.#options;
    for (const { dueAtMs } of this.#running) {
      if (dueAtMs === undefined) continue;
      this.#timer = 'armed';
      clock.after(Math.max(dueAtMs - clock.elapsedMs(), 0), () => this.#onTimer());
      return;
    }
  }

  #onTimer(): void {
    const nowMs = this.#options.clock.elapsedMs();
    for (const invocation of this.#running) {
      if (invocation.dueAtMs === undefined) continue;
      if (invocation.dueAtMs > nowMs) break;
      this.#timeOut(invocation);
    }
    this.#timer = 'off';
    this.#arm();
  }

  #timeOut(invocation: Invocation): void {
    const { invoked, context, resolve } = invocation;
    invocation.dueAtMs = undefined;
    const late = new Promise<InvocationOutcome>((resolveLate) => {
      invocation.resolve = resolveLate;
    });
    this.#options.report({ kind: `${invoked} timed out`, ...context });
    resolve({ status: 'timed-out', late });
  }

  #watched(integration: () => Promise<unknown>, { invoked, context }: Invocation): Promise<unknown> {
    const watched = invoked === 'integration' ? context.routeKey : `authorizer ${context.routeKey}`;
    const earlier = this.#invocationsOf.get(watched) ?? 0;
    if (earlier >= this.#options.watchedInvocations) return integration();
    this.#invocationsOf.set(watched, earlier + 1);
    return this.#pendingPromises.watch(integration, (count) =>
      this.#options.report({ kind: pendingKinds[invoked], count, ...context }),
    );
  }
}
