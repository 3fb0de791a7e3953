import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LambdaFunction } from '../../src/gateway/LambdaFunction.ts';
import { motoRegion } from '../harness/moto.ts';
import { type DeployedRoute, getFunction, getPermission, getSchedules } from './deployed.ts';
import { matchesArn } from './policy.ts';
import { getMappings } from './queues.ts';
import type { Walkthrough } from './Walkthrough.ts';
import { startWorker, type Worker } from './Worker.ts';

/** Starts a function as it is configured, if whoever is to invoke it may. */
type Start = (invoked: Invoked) => Promise<LambdaFunction>;

/** A function, and which service is to invoke it for what; what takes messages for it has its own rights and needs no others. */
type Invoked = {
  readonly functionArn: string;
  readonly invoker: { readonly principal: string; readonly sourceArn: string } | 'poller';
};

/** What only this machine needs, or Lambda adds by itself. */
type Surroundings = {
  readonly variables: Readonly<Record<string, string>>;
  /** The address of SQS. */
  readonly queueEndpoint: string;
};

/** The functions by route key. */
export async function startRoutes(
  routes: readonly DeployedRoute[],
  apiArn: string,
  start: Start,
): Promise<ReadonlyMap<string, LambdaFunction>> {
  const functions = new Map<string, LambdaFunction>();
  const principal = 'apigateway.amazonaws.com';
  for (const { integration, routeKey } of routes) {
    if (integration.kind === 'mock') continue;
    const { functionArn } = integration;
    const invoker = { principal, sourceArn: `${apiArn}/${routeKey}` };
    functions.set(routeKey, await start({ functionArn, invoker }));
  }
  return functions;
}

/** The authorizer of `$connect`, if it has one, and no other route has any. */
export async function startAuthorizer(
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
  return start({ functionArn, invoker: { principal: 'apigateway.amazonaws.com', sourceArn } });
}

/** The functions that rules invoke by time. */
export async function startSchedules(walk: Walkthrough, start: Start): Promise<readonly LambdaFunction[]> {
  const principal = 'events.amazonaws.com';
  const targets = (await getSchedules(walk)).flatMap((rule) =>
    rule.targets.map(({ Arn }) => ({ functionArn: Arn, invoker: { principal, sourceArn: rule.Arn } })),
  );
  return Promise.all(targets.map(start));
}

/** The functions that queues invoke, and what takes messages for them. */
export async function startWorkers(
  walk: Walkthrough,
  queueEndpoint: string,
  start: Start,
): Promise<readonly Worker[]> {
  const mappings = (await getMappings(walk)).filter(({ State }) => State === 'Enabled');
  return Promise.all(
    mappings.map(async (mapping) => {
      const functionArn = mapping.FunctionArn;
      const lambda = await start({ functionArn, invoker: 'poller' });
      return startWorker(walk, mapping, { lambda, queueEndpoint });
    }),
  );
}

/** Starts a function as it is configured, if it is our zip and permits who is to invoke it. */
export async function startDeployed(
  walk: Walkthrough,
  { functionArn, invoker }: Invoked,
  { variables, queueEndpoint }: Surroundings,
): Promise<LambdaFunction> {
  const deployed = await getFunction(walk, functionArn);
  const zip = walk.zip(deployed.FunctionName.replace('CloudMeetX-', ''));
  if (deployed.CodeSha256 !== sha256(zip)) throw new Error(`${deployed.FunctionName} is not ${zip}`);
  if (invoker !== 'poller') {
    const { Statement } = await getPermission(walk, functionArn);
    const permits = Statement.some(
      ({ Principal, Condition }) =>
        Principal.Service === invoker.principal &&
        matchesArn(Condition.ArnLike['AWS:SourceArn'], invoker.sourceArn),
    );
    if (!permits) throw new Error(`${deployed.FunctionName} doesn't permit ${invoker.sourceArn}`);
  }
  const { DELIVERY_QUEUE_URL: queueUrl } = deployed.Environment.Variables;
  return new LambdaFunction({
    zip,
    functionName: deployed.FunctionName,
    environment: {
      ...deployed.Environment.Variables,
      ...variables,
      ...(queueUrl && { DELIVERY_QUEUE_URL: queueUrl.replace(walk.moto.endpoint, queueEndpoint) }),
    },
    region: motoRegion,
    memoryMb: deployed.MemorySize,
    timeoutMs: deployed.Timeout * 1000,
    concurrency: 4,
    onLine: (line) => {
      if (!line.startsWith('{')) console.error(line);
    },
  });
}

/** Lambda's way to tell which code a function has. */
export const sha256 = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('base64');
