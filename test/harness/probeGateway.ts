import type { Clock } from '../../src/gateway/clock.ts';
import type { Gateway } from '../../src/gateway/Gateway.ts';
import type { Routes } from '../../src/gateway/routes.ts';
import { createProbe } from '../probe/probe.ts';
import { twoWay } from './integrations.ts';

/** The routes of the probe's API, as `infra/probeStack.ts` deploys them, with the probe in this process. */
export function probeRoutes(gateway: () => Gateway, clock: Clock): Routes {
  const watchers = new Map<string, string>();
  const probe = createProbe({
    post: async (_event, connectionId, text) => gateway().send([connectionId], text)[0] ?? 'failed',
    watchers: {
      keep: async (connectionId, watcher) => void watchers.set(connectionId, watcher),
      find: async (connectionId) => watchers.get(connectionId),
    },
    sleep: (ms) => new Promise((resolve) => clock.after(ms, () => resolve())),
  });
  return {
    $connect: { integration: probe },
    $disconnect: { integration: probe },
    messages: { event: twoWay(probe), play: twoWay(probe), quiet: { integration: probe } },
  };
}
