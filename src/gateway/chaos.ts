import type { Clock } from './clock.ts';
import type { Route, Routes } from './routes.ts';

/** How often, from 0 (never) to 1 (always), API Gateway's worse habits show; all of them are documented or observed. */
export type Chaos = {
  /** `$disconnect` never comes: it is "best effort". */
  readonly loseDisconnect?: number;
  /** `$disconnect` comes twice. */
  readonly doubleDisconnect?: number;
  /** `$disconnect` comes late: up to so many milliseconds. */
  readonly delayDisconnectMs?: number;
  /** Each message waits up to so many milliseconds by itself, so that they overtake each other. */
  readonly delayMessagesMs?: number;
  /** 0 ≤ number < 1. */
  readonly random: () => number;
  readonly clock: Clock;
};

/** The same routes, with an integration that is called as seldom, as often and as late as AWS may call it. */
export function withChaos({ $disconnect, messages, ...routes }: Routes, chaos: Chaos): Routes {
  return {
    ...routes,
    ...($disconnect && { $disconnect: troubled($disconnect, chaos) }),
    messages: Object.fromEntries(
      Object.entries(messages).map(([routeKey, route]) => [
        routeKey,
        late(route, chaos.delayMessagesMs, chaos),
      ]),
    ),
  };
}

function troubled<Event>(route: Route<Event>, chaos: Chaos): Route<Event> {
  const { loseDisconnect = 0, doubleDisconnect = 0, delayDisconnectMs, random } = chaos;
  const { integration } = late(route, delayDisconnectMs, chaos);
  return {
    async integration(event) {
      if (random() < loseDisconnect) return undefined;
      const repeats = random() < doubleDisconnect ? [event, event] : [event];
      return Promise.all(repeats.map(integration));
    },
  };
}

function late<Event>(
  route: Route<Event>,
  mostMs: number | undefined,
  { random, clock }: Chaos,
): Route<Event> {
  if (!mostMs) return route;
  return {
    ...route,
    async integration(event) {
      await new Promise<void>((resolve) => clock.after(random() * mostMs, resolve));
      return route.integration(event);
    },
  };
}
