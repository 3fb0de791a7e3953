import type { ConnectionId } from '../src/protocol/ids.ts';
import { connectionSenderContract } from '../test/contracts/connectionSender.ts';
import { startGateway } from '../test/harness/gateway.ts';
import { TestClient } from '../test/harness/TestClient.ts';
import { GatewaySender } from './GatewaySender.ts';

connectionSenderContract('gateway in process', async () => {
  const connected: string[] = [];
  const { gateway, url } = await startGateway({
    routes: {
      $connect: {
        integration: async ({ requestContext }) => {
          connected.push(requestContext.connectionId);
          return { statusCode: 200 };
        },
      },
      messages: {},
    },
  });
  return {
    sender: new GatewaySender(() => gateway),
    async connect() {
      const client = await TestClient.connect(url);
      return { connectionId: connected.at(-1) as ConnectionId, client };
    },
  };
});
