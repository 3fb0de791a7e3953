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
type Context = { readonly invoked: Invoked; readonly invocation: InvocationContext };

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
  readonly #running = new Set<Promise<unknown>>();

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
    const context: Context = { invoked, invocation: { routeKey, connectionId, requestId } };
    const running = this.#run(() => invocable.integration(event), context);
    this.#running.add(running);
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(gatewayLimits.integrationMs, () => {
        this.#options.report({ kind: `${invoked} timed out`, ...context.invocation });
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

  async #run(integration: () => Promise<unknown>, context: Context): Promise<InvocationOutcome> {
    try {
      return { status: 'returned', result: await this.#watched(integration, context) };
    } catch (error) {
      this.#options.report({ kind: `${context.invoked} failed`, error, ...context.invocation });
      return { status: 'failed' };
    }
  }

  #watched(integration: () => Promise<unknown>, { invoked, invocation }: Context): Promise<unknown> {
    const watched = `${invoked} ${invocation.routeKey}`;
    const earlier = this.#invocationsOf.get(watched) ?? 0;
    if (earlier >= this.#options.watchedInvocations) return integration();
    this.#invocationsOf.set(watched, earlier + 1);
    return this.#pendingPromises.watch(integration, (count) =>
      this.#options.report({ kind: pendingKinds[invoked], count, ...invocation }),
    );
  }
}
