import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { ApiGatewaySender } from '../../src/aws/ApiGatewaySender.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';
import { accessKey, type Target } from './target.ts';
import type { Way } from './ways.ts';

/** The functions' own way: `ApiGatewaySender` on the SDK's client, as `src/aws/connectAws.ts` makes them. */
export function sdkWay({ url, region, concurrency }: Target): Way {
  const agent = { keepAlive: true, maxSockets: concurrency };
  const timeouts = { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true };
  const client = new ApiGatewayManagementApiClient({
    ...{ endpoint: url, region, credentials: accessKey, maxAttempts: 1 },
    requestHandler: { ...timeouts, httpsAgent: agent, httpAgent: agent },
  });
  const sender = new ApiGatewaySender({
    client: () => client,
    remainingMs: () => 29_000,
    concurrency,
    report: (error) => console.error(error),
    sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    random: Math.random,
  });
  return async (connectionIds, payload) => {
    const outcomes = await sender.send(connectionIds as readonly ConnectionId[], payload);
    return outcomes.filter((outcome) => outcome !== 'sent').length;
  };
}
