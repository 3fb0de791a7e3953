import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectionsPath } from '../../src/gateway/connectionsApi.ts';
import { Gateway } from '../../src/gateway/Gateway.ts';
import { LambdaFunction } from '../../src/gateway/LambdaFunction.ts';
import type { Routes } from '../../src/gateway/routes.ts';
import { testCredentials } from '../harness/dynamodb.ts';
import { motoRegion } from '../harness/moto.ts';
import { type DeployedRoute, getFunction, getPermission, getRoutes } from './deployed.ts';
import { type Call, matchesArn, startRecordingProxy } from './policy.ts';
import type { Walkthrough } from './Walkthrough.ts';

const stage = 'production';

/** What was deployed, running. */
export type RunningDeployment = {
  readonly webSocketUrl: string;
  /** What the functions have called so far, as IAM sees it. */
  readonly calls: readonly Call[];
  stop(): Promise<void>;
};

/**
 * Runs what the emulated account holds: its API's routes in our gateway, its functions with their memory, timeout and
 * environment in the Lambda runner, its tables.
 */
export async function runDeployed(
  walk: Walkthrough,
  { apiId, accountId }: { readonly apiId: string; readonly accountId: string },
): Promise<RunningDeployment> {
  const arnPrefix = (service: string) => `arn:aws:${service}:${motoRegion}:${accountId}:`;
  const proxy = await startRecordingProxy(walk.moto.endpoint, `${arnPrefix('dynamodb')}table/`);
  const posts: Call[] = [];
  const server = createServer();
  server.on('request', ({ method, url }) => {
    if (!connectionsPath(url ?? '')) return;
    const resource = `${arnPrefix('execute-api')}${apiId}/${stage}/${method}${url?.slice(stage.length + 1)}`;
    posts.push({ action: 'execute-api:ManageConnections', resource });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  // What Lambda adds by itself (credentials), and what only this machine needs.
  const surroundings = {
    CALLBACK_URL: `http://${authority}/${stage}`,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
  };
  const routes = await getRoutes(walk, apiId);
  const functions = new Map<string, LambdaFunction>();
  for (const { functionArn, routeKey } of routes) {
    const sourceArn = `${arnPrefix('execute-api')}${apiId}/${stage}/${routeKey}`;
    functions.set(routeKey, await startDeployed(walk, functionArn, { sourceArn, surroundings }));
  }
  const gateway = new Gateway({
    stage,
    apiId,
    connectionsApi: { accessKey: testCredentials, region: motoRegion },
    routes: gatewayRoutes(routes, functions),
  });
  gateway.attach(server);
  return {
    webSocketUrl: `ws://${authority}/${stage}`,
    get calls() {
      return [...proxy.calls, ...posts];
    },
    async stop() {
      await gateway.close();
      server.closeAllConnections();
      server.close();
      await Promise.all([...functions.values()].map((lambda) => lambda.close()));
      proxy.stop();
    },
  };
}

/** Starts a function as it is configured, if it is our zip and permits this route. */
async function startDeployed(
  walk: Walkthrough,
  functionArn: string,
  { sourceArn, surroundings }: { sourceArn: string; surroundings: Readonly<Record<string, string>> },
): Promise<LambdaFunction> {
  const [deployed, permission] = await Promise.all([
    getFunction(walk, functionArn),
    getPermission(walk, functionArn),
  ]);
  const zip = `dist/lambda/${deployed.FunctionName.replace('CloudMeetX-', '')}.zip`;
  if (deployed.CodeSha256 !== sha256(zip)) throw new Error(`${deployed.FunctionName} is not ${zip}`);
  const permits = permission.Statement.some(
    ({ Principal, Condition }) =>
      Principal.Service === 'apigateway.amazonaws.com' &&
      matchesArn(Condition.ArnLike['AWS:SourceArn'], sourceArn),
  );
  if (!permits) throw new Error(`${deployed.FunctionName} doesn't permit ${sourceArn}`);
  return new LambdaFunction({
    zip,
    functionName: deployed.FunctionName,
    environment: { ...deployed.Environment.Variables, ...surroundings },
    region: motoRegion,
    memoryMb: deployed.MemorySize,
    timeoutMs: deployed.Timeout * 1000,
    concurrency: 4,
    onLine: (line) => {
      if (!line.startsWith('{')) console.error(line);
    },
  });
}

function gatewayRoutes(
  routes: readonly DeployedRoute[],
  functions: ReadonlyMap<string, LambdaFunction>,
): Routes {
  const integration = (routeKey: string) => {
    const lambda = functions.get(routeKey);
    if (!lambda) throw new Error(`there is no route ${routeKey}`);
    return lambda.invoke;
  };
  const messages = routes.filter(({ routeKey }) => !['$connect', '$disconnect'].includes(routeKey));
  return {
    $connect: { integration: integration('$connect') },
    $disconnect: { integration: integration('$disconnect') },
    messages: Object.fromEntries(
      messages.map(({ routeKey, ...route }) => {
        const twoWay =
          route.routeResponseSelectionExpression === '$default' &&
          route.routeResponseKeys.includes('$default');
        const expression = twoWay ? ({ routeResponseSelectionExpression: '$default' } as const) : {};
        return [routeKey, { integration: integration(routeKey), ...expression }];
      }),
    ),
  };
}

/** Lambda's way to tell which code a function has. */
export const sha256 = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('base64');
