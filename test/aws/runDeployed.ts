import { createServer, type Server } from 'node:http';
import { connectionsPath } from '../../src/gateway/connectionsApi.ts';
import { Gateway } from '../../src/gateway/Gateway.ts';
import type { LambdaFunction } from '../../src/gateway/LambdaFunction.ts';
import type { Routes } from '../../src/gateway/routes.ts';
import { testCredentials } from '../harness/dynamodb.ts';
import { authorityOf, close, listen } from '../harness/listening.ts';
import { motoRegion } from '../harness/moto.ts';
import { type DeployedRoute, getRoutes } from './deployed.ts';
import { type Call, startRecordingProxy } from './policy.ts';
import { startRecordingQueue } from './recordingQueue.ts';
import {
  startAuthorizer,
  startDeployed,
  startRoutes,
  startSchedules,
  startWorkers,
} from './startDeployed.ts';
import type { Walkthrough } from './Walkthrough.ts';

const stage = 'production';

/** What was deployed, running. */
export type RunningDeployment = {
  readonly webSocketUrl: string;
  /** What the functions have called so far, as IAM sees it. */
  readonly calls: readonly Call[];
  /** The bodies of the messages that functions were invoked with by their queues so far. */
  readonly taken: readonly string[];
  /** Invokes what the account's rules invoke by time, once. */
  passTime(): Promise<void>;
  stop(): Promise<void>;
};

/** The API that runs, the user pool of its tokens, if there is one, and what functions are told besides. */
type DeployedApi = {
  readonly apiId: string;
  readonly accountId: string;
  readonly userPoolId?: string;
  readonly variables?: Readonly<Record<string, string>>;
};

/**
 * Runs what the emulated account holds: its API's routes in our gateway, its functions with their memory, timeout and
 * environment in the Lambda runner, its tables and queues, and its schedules when the test says so.
 */
export async function runDeployed(
  walk: Walkthrough,
  { apiId, accountId, userPoolId, variables = {} }: DeployedApi,
): Promise<RunningDeployment> {
  const arnPrefix = (service: string) => `arn:aws:${service}:${motoRegion}:${accountId}:`;
  const apiArn = `${arnPrefix('execute-api')}${apiId}/${stage}`;
  const proxy = await startRecordingProxy(walk.moto.endpoint, `${arnPrefix('dynamodb')}table/`);
  const queues = await startRecordingQueue(walk.moto.endpoint, arnPrefix('sqs'));
  const server = await listen(createServer());
  const posts = recordManagement(server, apiArn);
  // What Lambda adds by itself (credentials), and what only this machine needs.
  const surroundings = {
    ...variables,
    CALLBACK_URL: `http://${authorityOf(server)}/${stage}`,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    // Tokens name Cognito's own address as their issuer: the emulator's keys are at its own.
    ...(userPoolId && { AUTH_JWKS_URI: `${walk.moto.endpoint}/${userPoolId}/.well-known/jwks.json` }),
  };
  const start = (invoked: Parameters<typeof startDeployed>[1]) =>
    startDeployed(walk, invoked, { variables: surroundings, queueEndpoint: queues.url });
  const routes = await getRoutes(walk, apiId);
  const functions = await startRoutes(routes, apiArn, start);
  const authorizer = await startAuthorizer(routes, `${arnPrefix('execute-api')}${apiId}`, start);
  const scheduled = await startSchedules(walk, start);
  const workers = await startWorkers(walk, queues.url, start);
  const gateway = new Gateway({
    stage,
    apiId,
    connectionsApi: { accessKey: testCredentials, region: motoRegion },
    ...(authorizer && { authorizer: { integration: authorizer.invoke } }),
    routes: gatewayRoutes(routes, functions),
  });
  gateway.attach(server);
  return {
    webSocketUrl: `ws://${authorityOf(server)}/${stage}`,
    get calls() {
      return [...proxy.calls, ...queues.calls, ...posts];
    },
    get taken() {
      return workers.flatMap(({ taken }) => taken);
    },
    async passTime() {
      const event = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };
      await Promise.all(scheduled.map((lambda) => lambda.invokeAs(crypto.randomUUID(), event)));
    },
    async stop() {
      await gateway.close();
      await Promise.all(workers.map((worker) => worker.stop()));
      close(server);
      await Promise.all(
        [...functions.values(), ...scheduled, ...(authorizer ? [authorizer] : [])].map((lambda) =>
          lambda.close(),
        ),
      );
      proxy.stop();
      queues.stop();
    },
  };
}

/** Notes each call of `@connections` as IAM sees it. */
function recordManagement(server: Server, apiArn: string): readonly Call[] {
  const calls: Call[] = [];
  server.on('request', ({ method, url = '' }) => {
    if (!connectionsPath(url)) return;
    const resource = `${apiArn}/${method}${url.slice(stage.length + 1)}`;
    calls.push({ action: 'execute-api:ManageConnections', resource });
  });
  return calls;
}

function gatewayRoutes(
  routes: readonly DeployedRoute[],
  functions: ReadonlyMap<string, LambdaFunction>,
): Routes {
  const integrationOf = (routeKey: string) => {
    const lambda = functions.get(routeKey);
    if (!lambda) throw new Error(`there is no route ${routeKey}`);
    return lambda.invoke;
  };
  const messages = routes.filter(({ routeKey }) => !['$connect', '$disconnect'].includes(routeKey));
  return {
    $connect: { integration: integrationOf('$connect') },
    $disconnect: { integration: integrationOf('$disconnect') },
    messages: Object.fromEntries(
      messages.map(({ routeKey, integration, ...route }) => {
        const twoWay =
          route.routeResponseSelectionExpression === '$default' &&
          route.routeResponseKeys.includes('$default');
        const expression = twoWay ? ({ routeResponseSelectionExpression: '$default' } as const) : {};
        const answer = integration.kind === 'mock' && integration.answer;
        const mock = async () => ({ statusCode: 200, body: answer });
        return [
          routeKey,
          { integration: integration.kind === 'mock' ? mock : integrationOf(routeKey), ...expression },
        ];
      }),
    ),
  };
}
