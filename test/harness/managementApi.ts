import {
  ApiGatewayManagementApiClient,
  type ApiGatewayManagementApiClientConfig,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';
import { ManagementApi } from '../../src/aws/ManagementApi.ts';
import type { ConnectionsApiOptions } from '../../src/gateway/connectionsApi.ts';
import { ManualClock } from './ManualClock.ts';

/** With this key a test may call a gateway's `@connections`. */
export const connectionsApi: ConnectionsApiOptions = {
  accessKey: { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'test-secret' },
  region: 'eu-central-1',
};

/** A connectionId as API Gateway makes them, which nobody has. */
export const nobody = 'AAAAAAAAAAIAAAA=';

/** The AWS SDK's client for the `@connections` of a gateway, by its WebSocket URL; it tries everything once. */
export function managementClient(
  webSocketUrl: string,
  changes: ApiGatewayManagementApiClientConfig = {},
): ApiGatewayManagementApiClient {
  const { accessKey, region } = connectionsApi;
  return new ApiGatewayManagementApiClient({
    endpoint: webSocketUrl.replace('ws:', 'http:'),
    region,
    credentials: accessKey,
    maxAttempts: 1,
    ...changes,
  });
}

/** Our own client for the `@connections` of a gateway, by its WebSocket URL. */
export function managementApi(
  webSocketUrl: string,
  { accessKey, region, timeoutMs = 3000 }: ConnectionsApiOptions & { readonly timeoutMs?: number },
): ManagementApi {
  const { sha256 } = new DynamoDBClient({ region }).config;
  return new ManagementApi({
    callbackUrl: webSocketUrl.replace('ws:', 'http:'),
    signer: new SignatureV4({ credentials: accessKey, region, service: 'execute-api', sha256 }),
    ...{ maxSockets: 16, timeoutMs },
  });
}

/** A clock that starts at the machine's time, by which the SDK dates its signatures, and stands still. */
export function clockOfSignatures(): ManualClock {
  const clock = new ManualClock();
  clock.advance(Date.now() - clock.now());
  return clock;
}

/** How a call that must fail did; rejects if it succeeds. */
export async function failure(
  call: Promise<unknown>,
): Promise<{ readonly name: string; readonly message: string; readonly status: number }> {
  const error = await call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (reason: unknown) => reason as { name: string; message: string; $metadata: { httpStatusCode: number } },
  );
  return { name: error.name, message: error.message, status: error.$metadata.httpStatusCode };
}
