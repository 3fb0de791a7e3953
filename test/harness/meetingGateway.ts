import { GatewaySender } from '../../local/GatewaySender.ts';
import { meetingRoutes } from '../../local/gateway.ts';
import type { Gateway } from '../../src/gateway/Gateway.ts';
import type { Routes } from '../../src/gateway/routes.ts';
import { testBackend } from './backend.ts';

/** The routes that CloudMeetX deploys, with their handlers in this process. */
export function testRoutes(gateway: () => Gateway): Routes {
  const rateLimit = { take: async () => ({ outcome: 'granted' as const }) };
  const { backend } = testBackend({ connections: new GatewaySender(gateway), rateLimit });
  return meetingRoutes(backend, rateLimit);
}
