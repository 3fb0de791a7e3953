import { createOnConnect } from '../../lambda/onConnect/onConnect.ts';
import { createOnDefault } from '../../lambda/onDefault/onDefault.ts';
import { createOnDisconnect } from '../../lambda/onDisconnect/onDisconnect.ts';
import { createSendMessage } from '../../lambda/sendMessage/sendMessage.ts';
import { GatewaySender } from '../../local/GatewaySender.ts';
import type { Gateway } from '../../src/gateway/Gateway.ts';
import type { Routes } from '../../src/gateway/routes.ts';
import { testBackend } from './backend.ts';
import { twoWay } from './integrations.ts';

/** The routes that CloudMeetX deploys, with their handlers in this process. */
export function meetingRoutes(gateway: () => Gateway): Routes {
  const rateLimit = { take: async () => ({ outcome: 'granted' as const }) };
  const { backend } = testBackend({ connections: new GatewaySender(gateway), rateLimit });
  return {
    $connect: { integration: createOnConnect(backend) },
    $disconnect: { integration: createOnDisconnect(backend) },
    messages: {
      sendMessage: twoWay(createSendMessage(backend)),
      $default: twoWay(createOnDefault(backend)),
    },
  };
}
