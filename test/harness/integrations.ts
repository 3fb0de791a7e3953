import type { MessageEvent } from '../../src/gateway/events.ts';
import type { Route } from '../../src/gateway/routes.ts';

/** A route whose result is sent back. */
export function twoWay(integration: Route<MessageEvent>['integration']): Route<MessageEvent> {
  return { integration, routeResponseSelectionExpression: '$default' };
}

/** A two-way route that sends every message back: the follow-up that shows what was not sent before it. */
export const echo = twoWay(async ({ body }) => ({ statusCode: 200, body }));

/** A route that keeps its events. */
export type Recorder<Event> = {
  readonly route: Route<Event>;
  /** All events so far, from the first on. */
  readonly events: readonly Event[];
  /** The next event that hasn't been asked for yet. */
  next(): Promise<Event>;
};

/** Records the events of a route, which admits everybody and everything unless told otherwise. */
export function recorder<Event>(
  integration: (event: Event) => Promise<unknown> = async () => ({ statusCode: 200 }),
): Recorder<Event> {
  const events: Event[] = [];
  const unasked: Event[] = [];
  const waiting: ((event: Event) => void)[] = [];
  return {
    route: {
      integration: (event) => {
        events.push(event);
        const resolve = waiting.shift();
        if (resolve) resolve(event);
        else unasked.push(event);
        return integration(event);
      },
    },
    events,
    next() {
      const event = unasked.shift();
      if (event !== undefined) return Promise.resolve(event);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
