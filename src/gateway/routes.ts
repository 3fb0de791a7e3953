import type { ConnectEvent, DisconnectEvent, MessageEvent } from './events.ts';
import { DEFAULT_ROUTE_KEY, parseRouteSelectionExpression } from './routeSelection.ts';

/** A route with its integration: a function that is called as a Lambda proxy integration calls a handler. */
export type Route<Event> = {
  readonly integration: (event: Event) => Promise<unknown>;
  /** `$default` makes a message route two-way: the `body` of the result is sent back. One-way without it. */
  readonly routeResponseSelectionExpression?: '$default';
};

/** The routes of an API. Those of connecting and disconnecting are optional, as they are on AWS. */
export type Routes = {
  readonly $connect?: Route<ConnectEvent>;
  readonly $disconnect?: Route<DisconnectEvent>;
  /** By route key: what the route selection expression must evaluate to, or `$default`. */
  readonly messages: Readonly<Record<string, Route<MessageEvent>>>;
};

/** The route that a message takes. */
type SelectedRoute = { readonly routeKey: string; readonly route: Route<MessageEvent> };

/** Finds the route of a message: an exact match, else `$default`, else none. */
export type SelectRoute = (body: string) => SelectedRoute | undefined;

/** Joins a route selection expression with the routes it selects from. */
export function createSelectRoute(messages: Routes['messages'], expression: string): SelectRoute {
  for (const routeKey of Object.keys(messages)) {
    if (routeKey.startsWith('$') && routeKey !== DEFAULT_ROUTE_KEY) {
      throw new TypeError(`The route key "${routeKey}" is not allowed: only $default may start with a $.`);
    }
  }
  const selectRouteKey = parseRouteSelectionExpression(expression);
  return (body) => {
    const selected = selectRouteKey(body);
    const routeKey = Object.hasOwn(messages, selected) ? selected : DEFAULT_ROUTE_KEY;
    const route = messages[routeKey];
    return route && { routeKey, route };
  };
}
