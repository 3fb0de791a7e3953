import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { accessKey, inPool, type Target } from './target.ts';
import type { Way } from './ways.ts';

/** Posts by the SDK's client, with its repeats off. */
export function sdkWay({ url, region, concurrency }: Target): Way {
  const agent = { keepAlive: true, maxSockets: concurrency };
  const timeouts = { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true };
  const client = new ApiGatewayManagementApiClient({
    ...{ endpoint: url, region, credentials: accessKey, maxAttempts: 1 },
    requestHandler: { ...timeouts, httpsAgent: agent, httpAgent: agent },
  });
  return async (connectionIds, payload) => {
    const Data = Buffer.from(payload);
    let failed = 0;
    await inPool(concurrency, connectionIds, async (ConnectionId) => {
      await client.send(new PostToConnectionCommand({ ConnectionId, Data })).catch(() => failed++);
    });
    return failed;
  };
}
