import type { Clock } from './clock.ts';
import type { ConnectEvent, DisconnectEvent, MessageEvent } from './events.ts';
import { gatewayLimits } from './limits.ts';
import { PendingPromises } from './PendingPromises.ts';
import type { Route } from './routes.ts';

/** How an invocation looked from the gateway; of one that took too long, what it came to in the end. */
export type InvocationOutcome =
  | { readonly status: 'returned'; readonly result: unknown }
  | { readonly status: 'failed' }
  | { readonly status: 'timed-out'; readonly late: Promise<InvocationOutcome> };

/** Which invocation a report is about. */
export type InvocationContext = {
  readonly routeKey: string;
  readonly connectionId: string;
  readonly requestId: string;
};

/** What whoever runs the gateway should know of its integrations; clients are told none of it. */
export type GatewayReport = InvocationContext &
  (
    | { readonly kind: 'integration failed'; readonly error: unknown }
    | { readonly kind: 'integration timed out' }
    | { readonly kind: 'malformed result' }
    | { readonly kind: 'promises left pending'; readonly count: number }
  );

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
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: InvokerOptions) {
    this.#options = options;
  }

  /** Never rejects. Of an integration that takes too long the result is dropped; it isn't stopped. */
  invoke<Event extends ConnectEvent | MessageEvent | DisconnectEvent>(
    route: Route<Event>,
    event: Event,
  ): Promise<InvocationOutcome> {
    const { routeKey, connectionId, requestId } = event.requestContext;
    const context = { routeKey, connectionId, requestId };
    const running = this.#run(() => route.integration(event), context);
    this.#running.add(running);
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(gatewayLimits.integrationMs, () => {
        this.#options.report({ kind: 'integration timed out', ...context });
        resolve({ status: 'timed-out', late: running });
      });
      void running.then((outcome) => {
        this.#running.delete(running);
        cancel();
        resolve(outcome);
      });
    });
  }

  /** Resolves when everything that runs now, and whatever that leads to at once, has come to its end. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #run(integration: () => Promise<unknown>, context: InvocationContext): Promise<InvocationOutcome> {
    try {
      return { status: 'returned', result: await this.#watched(integration, context) };
    } catch (error) {
      this.#options.report({ kind: 'integration failed', error, ...context });
      return { status: 'failed' };
    }
  }

  #watched(integration: () => Promise<unknown>, context: InvocationContext): Promise<unknown> {
    const earlier = this.#invocationsOf.get(context.routeKey) ?? 0;
    if (earlier >= this.#options.watchedInvocations) return integration();
    this.#invocationsOf.set(context.routeKey, earlier + 1);
    return this.#pendingPromises.watch(integration, (count) =>
      this.#options.report({ kind: 'promises left pending', count, ...context }),
    );
  }
}
