import { readAuthorizerResult } from './authorizerResult.ts';
import type { Clock } from './clock.ts';
import type { Authorized, AuthorizerEvent } from './events.ts';
import type { Invoker, InvokerOptions } from './Invoker.ts';
import { parseIdentitySources } from './identitySources.ts';
import { gatewayRefusal, type Refusal } from './upgrade.ts';

/** A REQUEST authorizer: a function that says by an IAM policy who may connect. */
export type Authorizer = {
  /** Called as a Lambda function would be; throws exactly `Unauthorized` for a 401. */
  readonly integration: (event: AuthorizerEvent) => Promise<unknown>;
  /**
   * What a request must have, or is 401 before the function is called: `route.request.header.NAME`,
   * `route.request.querystring.NAME`, `stageVariables.NAME`, `context.NAME`. None unless given.
   */
  readonly identitySources?: readonly string[];
};

/** What became of asking an authorizer. */
export type Authorization =
  | { readonly status: 'authorized'; readonly authorized: Authorized }
  /** By the authorizer's own word, or because there was none that counts. */
  | { readonly status: 'refused'; readonly by: 'authorizer' | 'gateway'; readonly refusal: Refusal };

/** What asking an authorizer needs. */
export type AuthorizeHost = {
  readonly clock: Clock;
  readonly invoker: Invoker;
  readonly report: InvokerOptions['report'];
};

/** Makes the function that asks an authorizer about each upgrade request; it never rejects. */
export function createAuthorize(
  authorizer: Authorizer,
  { clock, invoker, report }: AuthorizeHost,
): (event: AuthorizerEvent) => Promise<Authorization> {
  const hasIdentity = parseIdentitySources(authorizer.identitySources ?? []);
  const invocable = { integration: (event: AuthorizerEvent) => answerOf(authorizer, event) };
  return async (event) => {
    if (!hasIdentity(event)) return refusals.unauthorized;
    const startedAtMs = clock.elapsedMs();
    const outcome = await invoker.invoke(invocable, event, 'authorizer');
    if (outcome.status !== 'returned') return refusals.failed;
    if (outcome.result === UNAUTHORIZED) return refusals.unauthorized;
    const decision = readAuthorizerResult(outcome.result, event.methodArn);
    switch (decision.status) {
      case 'allowed': {
        const latencyMs = Math.round(clock.elapsedMs() - startedAtMs);
        return { status: 'authorized', authorized: { context: decision.context, latencyMs } };
      }
      case 'denied':
        return refusals.denied;
      case 'malformed': {
        const { routeKey, connectionId, requestId } = event.requestContext;
        const { reason } = decision;
        report({ kind: 'malformed authorizer result', reason, routeKey, connectionId, requestId });
        return refusals.failed;
      }
    }
  };
}

const UNAUTHORIZED = Symbol('Unauthorized');

/** Throwing this one word is an authorizer's answer, no failure that anybody should be told of. */
async function answerOf(authorizer: Authorizer, event: AuthorizerEvent): Promise<unknown> {
  try {
    return await authorizer.integration(event);
  } catch (error) {
    const message = error instanceof Error ? error.message : error;
    if (message === 'Unauthorized') return UNAUTHORIZED;
    throw error;
  }
}

/** The statuses are documented; bodies and error types are assumed to be those of REST APIs. */
const refusals = {
  unauthorized: {
    status: 'refused',
    by: 'authorizer',
    refusal: gatewayRefusal(401, 'Unauthorized', 'UnauthorizedException'),
  },
  denied: {
    status: 'refused',
    by: 'authorizer',
    refusal: gatewayRefusal(403, 'User is not authorized to access this resource', 'AccessDeniedException'),
  },
  failed: {
    status: 'refused',
    by: 'gateway',
    refusal: gatewayRefusal(500, 'Internal server error', 'AuthorizerConfigurationException'),
  },
} as const satisfies Record<string, Authorization>;
