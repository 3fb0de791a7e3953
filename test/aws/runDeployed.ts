import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connectionsPath } from '../../src/gateway/connectionsApi.ts';
import { Gateway } from '../../src/gateway/Gateway.ts';
import { LambdaFunction } from '../../src/gateway/LambdaFunction.ts';
import type { Routes } from '../../src/gateway/routes.ts';
import { testCredentials } from '../harness/dynamodb.ts';
import { authorityOf, close, listen } from '../harness/listening.ts';
import { motoRegion } from '../harness/moto.ts';
import { type DeployedRoute, getFunction, getPermission, getRoutes, getSchedules } from './deployed.ts';
import { type Call, matchesArn, startRecordingProxy } from './policy.ts';
import type { Walkthrough } from './Walkthrough.ts';

const stage = 'production';

/** What was deployed, running. */
export type RunningDeployment = {
  readonly webSocketUrl: string;
  /** What the functions have called so far, as IAM sees it. */
  readonly calls: readonly Call[];
  /** Invokes what the account's rules invoke by time, once. */
  passTime(): Promise<void>;
  stop(): Promise<void>;
};

/** The API that runs, and the user pool of its tokens, if there is one. */
type DeployedApi = { readonly apiId: string; readonly accountId: string; readonly userPoolId?: string };

/**
 * Runs what the emulated account holds: its API's routes in our gateway, its functions with their memory, timeout and
 * environment in the Lambda runner, its tables, and its schedules when the test says so.
 */
export async function runDeployed(
  walk: Walkthrough,
  { apiId, accountId, userPoolId }: DeployedApi,
): Promise<RunningDeployment> {
  const arnPrefix = (service: string) => `arn:aws:${service}:${motoRegion}:${accountId}:`;
  const apiArn = `${arnPrefix('execute-api')}${apiId}/${stage}`;
  const proxy = await startRecordingProxy(walk.moto.endpoint, `${arnPrefix('dynamodb')}table/`);
  const server = await listen(createServer());
  const posts = recordManagement(server, apiArn);
  // What Lambda adds by itself (credentials), and what only this machine needs.
  const surroundings = {
    CALLBACK_URL: `http://${authorityOf(server)}/${stage}`,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    // Tokens name Cognito's own address as their issuer: the emulator's keys are at its own.
    ...(userPoolId && { AUTH_JWKS_URI: `${walk.moto.endpoint}/${userPoolId}/.well-known/jwks.json` }),
  };
  const start = (invoked: Invoked) => startDeployed(walk, invoked, surroundings);
  const routes = await getRoutes(walk, apiId);
  const functions = await startRoutes(routes, apiArn, start);
  const authorizer = await startAuthorizer(routes, `${arnPrefix('execute-api')}${apiId}`, start);
  const scheduled = await startSchedules(walk, start);
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
      return [...proxy.calls, ...posts];
    },
    async passTime() {
      const event = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };
      await Promise.all(scheduled.map((lambda) => lambda.invokeAs(crypto.randomUUID(), event)));
    },
    async stop() {
      await gateway.close();
      close(server);
      await Promise.all(
        [...functions.values(), ...scheduled, ...(authorizer ? [authorizer] : [])].map((lambda) =>
          lambda.close(),
        ),
      );
      proxy.stop();
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

/** A function, and who is to invoke it. */
type Invoked = { readonly functionArn: string; readonly principal: string; readonly sourceArn: string };
type Start = (invoked: Invoked) => Promise<LambdaFunction>;

/** The functions by route key. */
async function startRoutes(
  routes: readonly DeployedRoute[],
  apiArn: string,
  start: Start,
): Promise<ReadonlyMap<string, LambdaFunction>> {
  const functions = new Map<string, LambdaFunction>();
  const principal = 'apigateway.amazonaws.com';
  for (const { integration, routeKey } of routes) {
    if (integration.kind === 'mock') continue;
    const { functionArn } = integration;
    functions.set(routeKey, await start({ functionArn, principal, sourceArn: `${apiArn}/${routeKey}` }));
  }
  return functions;
}

/** The authorizer of `$connect`, if it has one, and no other route has any. */
async function startAuthorizer(
  routes: readonly DeployedRoute[],
  apiArn: string,
  start: Start,
): Promise<LambdaFunction | undefined> {
  const guarded = routes.filter(({ authorizer }) => authorizer);
  const [{ routeKey, authorizer } = {}, ...others] = guarded;
  if (!authorizer) return undefined;
  if (routeKey !== '$connect' || others.length > 0) throw new Error('API Gateway guards $connect alone');
  if (authorizer.type !== 'REQUEST' || authorizer.identitySources.length > 0) {
    throw new Error(`${authorizer.authorizerId} is no REQUEST authorizer without identity sources`);
  }
  const { functionArn, authorizerId } = authorizer;
  const sourceArn = `${apiArn}/authorizers/${authorizerId}`;
  return start({ functionArn, principal: 'apigateway.amazonaws.com', sourceArn });
}

async function startSchedules(walk: Walkthrough, start: Start): Promise<readonly LambdaFunction[]> {
  const principal = 'events.amazonaws.com';
  const targets = (await getSchedules(walk)).flatMap((rule) =>
    rule.targets.map(({ Arn }) => ({ functionArn: Arn, principal, sourceArn: rule.Arn })),
  );
  return Promise.all(targets.map(start));
}

/** Starts a function as it is configured, if it is our zip and permits who is to invoke it. */
async function startDeployed(
  walk: Walkthrough,
  { functionArn, principal, sourceArn }: Invoked,
  surroundings: Readonly<Record<string, string>>,
): Promise<LambdaFunction> {
  const [deployed, permission] = await Promise.all([
    getFunction(walk, functionArn),
    getPermission(walk, functionArn),
  ]);
  const zip = walk.zip(deployed.FunctionName.replace('CloudMeetX-', ''));
  if (deployed.CodeSha256 !== sha256(zip)) throw new Error(`${deployed.FunctionName} is not ${zip}`);
  const permits = permission.Statement.some(
    ({ Principal, Condition }) =>
      Principal.Service === principal && matchesArn(Condition.ArnLike['AWS:SourceArn'], sourceArn),
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

/** Lambda's way to tell which code a function has. */
export const sha256 = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('base64');
