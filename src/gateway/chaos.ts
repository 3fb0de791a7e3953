import type { Clock } from './clock.ts';
import type { ConnectionsApiTrouble } from './connectionsApi.ts';
import type { GatewayOptions } from './options.ts';
import type { Route } from './routes.ts';

/**
 * How often, from 0 (never) to 1 (always), how long and how late API Gateway's worse habits show; all of them are
 * documented or observed. What isn't given doesn't happen.
 */
export type Chaos = {
  /** `$disconnect` never comes: it is "best effort". */
  readonly loseDisconnect?: number;
  /** `$disconnect` comes twice. */
  readonly doubleDisconnect?: number;
  /** `$disconnect` comes late: up to so many milliseconds. */
  readonly delayDisconnectMs?: number;
  /** Each message waits up to so many milliseconds by itself, so that they overtake each other. */
  readonly delayMessagesMs?: number;
  /** Calls of `@connections` are answered 429, as if the account's quota were used up. */
  readonly throttleCalls?: ThrottleStorm;
  /**
   * Each call of `@connections` is done at once and answered up to so many milliseconds late, so that whoever doesn't
   * wait for the answer and posts again posts twice.
   */
  readonly delayAnswersMs?: number;
  /** 0 ≤ number < 1. */
  readonly random: () => number;
  readonly clock: Clock;
};

/** How many calls a storm of 429 takes, and when. */
type ThrottleStorm = {
  /** Of the calls that the storm meets, from 0 (none) to 1 (all). */
  readonly share: number;
  /** The first so many `calls`, or those of a period in milliseconds since `withChaos`; all unless given. */
  readonly meets?: { readonly calls: number } | { readonly fromMs: number; readonly untilMs: number };
};

type Api = Pick<GatewayOptions, 'routes' | 'connectionsApi'>;

/**
 * The same API, with integrations that are called as seldom, as often and as late as AWS may call them, and
 * `@connections`, if it is on, that answers as AWS may answer. What the gateway's process sends by itself is left alone.
 */
export function withChaos({ routes, connectionsApi }: Api, chaos: Chaos): Api {
  const { $disconnect, messages, ...others } = routes;
  const lateMessages = Object.entries(messages).map(([routeKey, route]) => [
    routeKey,
    late(route, chaos.delayMessagesMs, chaos),
  ]);
  return {
    routes: {
      ...others,
      ...($disconnect && { $disconnect: troubled($disconnect, chaos) }),
      messages: Object.fromEntries(lateMessages),
    },
    ...(connectionsApi && { connectionsApi: { ...connectionsApi, trouble: troubleOf(chaos) } }),
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

function late<Event>(route: Route<Event>, mostMs: number | undefined, chaos: Chaos): Route<Event> {
  if (!mostMs) return route;
  return {
    ...route,
    async integration(event) {
      await upTo(mostMs, chaos);
      return route.integration(event);
    },
  };
}

function troubleOf(chaos: Chaos): ConnectionsApiTrouble {
  const { throttleCalls, delayAnswersMs, random } = chaos;
  const meets = metBy(throttleCalls?.meets, chaos.clock);
  return {
    throttle: () => (throttleCalls && meets() && random() < throttleCalls.share ? 'throttled' : 'granted'),
    beforeAnswer: async () => {
      if (delayAnswersMs) await upTo(delayAnswersMs, chaos);
    },
  };
}

/** Tells of one call after the other whether a storm meets it. */
function metBy(meets: ThrottleStorm['meets'], clock: Clock): () => boolean {
  if (!meets) return () => true;
  if ('calls' in meets) {
    let calls = 0;
    return () => calls++ < meets.calls;
  }
  const startedAtMs = clock.elapsedMs();
  return () => {
    const elapsedMs = clock.elapsedMs() - startedAtMs;
    return elapsedMs >= meets.fromMs && elapsedMs < meets.untilMs;
  };
}

function upTo(mostMs: number, { random, clock }: Chaos): Promise<void> {
  return new Promise((resolve) => clock.after(random() * mostMs, resolve));
}
