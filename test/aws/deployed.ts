import type { Walkthrough } from './Walkthrough.ts';

/** A function as Lambda knows it. */
export type DeployedFunction = {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  readonly Runtime: string;
  readonly Handler: string;
  readonly Role: string;
  readonly MemorySize: number;
  readonly Timeout: number;
  readonly Architectures: readonly string[];
  readonly CodeSha256: string;
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
};

/** A route with all that belongs to it. */
export type DeployedRoute = {
  readonly routeKey: string;
  readonly integration: DeployedIntegration;
  /** Both halves of a two-way route: the expression, and a response of that key. */
  readonly routeResponseSelectionExpression: string | undefined;
  readonly routeResponseKeys: readonly string[];
  readonly authorizer: DeployedAuthorizer | undefined;
};

/** Whom a route asks before it lets anybody in. */
type DeployedAuthorizer = {
  readonly authorizerId: string;
  readonly type: string;
  readonly identitySources: readonly string[];
  readonly functionArn: string;
};

/** What a route leads to: a function, or an answer of API Gateway's own. */
type DeployedIntegration =
  | { readonly kind: 'function'; readonly functionArn: string }
  | { readonly kind: 'mock'; readonly request: string | undefined; readonly answer: string | undefined };

/** A rule that invokes functions by time. */
export type DeployedSchedule = {
  readonly Name: string;
  readonly Arn: string;
  readonly ScheduleExpression: string;
  readonly State: string;
  readonly targets: readonly { readonly Id: string; readonly Arn: string }[];
};

/** The statements that let services call a function. */
export type Permission = {
  readonly Statement: readonly {
    readonly Action: string;
    readonly Principal: { readonly Service: string };
    readonly Condition: { readonly ArnLike: { readonly 'AWS:SourceArn': string } };
  }[];
};

type Items<Item> = { readonly Items: readonly Item[] };
type Route = {
  readonly RouteId: string;
  readonly RouteKey: string;
  readonly Target: string;
  readonly AuthorizationType?: string;
  readonly AuthorizerId?: string;
  readonly RouteResponseSelectionExpression?: string;
};
type Integration = {
  readonly IntegrationId: string;
  readonly IntegrationType: string;
  readonly IntegrationUri?: string;
  readonly RequestTemplates?: Readonly<Record<string, string>>;
  readonly TemplateSelectionExpression?: string;
};
type IntegrationResponse = {
  readonly IntegrationResponseKey: string;
  readonly ResponseTemplates: Readonly<Record<string, string>>;
  readonly TemplateSelectionExpression: string;
};

/** A function's configuration. */
export async function getFunction(walk: Walkthrough, name: string): Promise<DeployedFunction> {
  return walk.aws('lambda', 'get-function-configuration', '--function-name', name);
}

/** What a function permits to whom. */
export async function getPermission(walk: Walkthrough, functionName: string): Promise<Permission> {
  const { Policy: text } = await walk.aws<{ Policy: string }>(
    'lambda',
    'get-policy',
    '--function-name',
    functionName,
  );
  return JSON.parse(text) as Permission;
}

/** The API's routes, in the order of their making. */
export async function getRoutes(walk: Walkthrough, apiId: string): Promise<readonly DeployedRoute[]> {
  const [routes, integrations] = await Promise.all([
    walk.aws<Items<Route>>('apigatewayv2', 'get-routes', '--api-id', apiId),
    walk.aws<Items<Integration>>('apigatewayv2', 'get-integrations', '--api-id', apiId),
  ]);
  return Promise.all(
    routes.Items.map(async (route) => {
      const integration = integrations.Items.find(
        ({ IntegrationId }) => route.Target === `integrations/${IntegrationId}`,
      );
      if (!integration) throw new Error(`${route.RouteKey} leads nowhere`);
      return {
        routeKey: route.RouteKey,
        integration: await describeIntegration(walk, apiId, integration),
        routeResponseSelectionExpression: route.RouteResponseSelectionExpression,
        routeResponseKeys: await getRouteResponseKeys(walk, apiId, route.RouteId),
        authorizer: await getAuthorizer(walk, apiId, route),
      };
    }),
  );
}

async function getAuthorizer(
  walk: Walkthrough,
  apiId: string,
  { AuthorizationType, AuthorizerId }: Route,
): Promise<DeployedAuthorizer | undefined> {
  if (AuthorizationType !== 'CUSTOM') return undefined;
  const found = await walk.aws<{
    AuthorizerType: string;
    AuthorizerUri: string;
    IdentitySource: readonly string[];
  }>('apigatewayv2', 'get-authorizer', '--api-id', apiId, '--authorizer-id', String(AuthorizerId));
  return {
    authorizerId: String(AuthorizerId),
    type: found.AuthorizerType,
    identitySources: found.IdentitySource,
    functionArn: functionArnIn(found.AuthorizerUri),
  };
}

/** The function that API Gateway invokes by a URI. */
function functionArnIn(uri: string): string {
  const [, functionArn = ''] = /\/functions\/(.+)\/invocations$/.exec(uri) ?? [];
  return functionArn;
}

async function describeIntegration(
  walk: Walkthrough,
  apiId: string,
  integration: Integration,
): Promise<DeployedIntegration> {
  const { IntegrationId, IntegrationType, IntegrationUri = '', RequestTemplates } = integration;
  if (IntegrationType === 'AWS_PROXY') {
    return { kind: 'function', functionArn: functionArnIn(IntegrationUri) };
  }
  if (IntegrationType !== 'MOCK') throw new Error(`what is a ${IntegrationType}?`);
  const { Items } = await walk.aws<Items<IntegrationResponse>>(
    ...['apigatewayv2', 'get-integration-responses', '--api-id', apiId, '--integration-id', IntegrationId],
  );
  const response = Items.find(({ IntegrationResponseKey }) => IntegrationResponseKey === '$default');
  return {
    kind: 'mock',
    request: RequestTemplates?.[String(integration.TemplateSelectionExpression)],
    answer: response?.ResponseTemplates[response.TemplateSelectionExpression],
  };
}

/** The rules of the account, with their targets. */
export async function getSchedules(walk: Walkthrough): Promise<readonly DeployedSchedule[]> {
  const { Rules } = await walk.aws<{ Rules: readonly DeployedSchedule[] }>('events', 'list-rules');
  return Promise.all(
    Rules.map(async (rule) => {
      const { Targets } = await walk.aws<{ Targets: DeployedSchedule['targets'] }>(
        ...['events', 'list-targets-by-rule', '--rule', rule.Name],
      );
      return { ...rule, targets: Targets };
    }),
  );
}

/** moto lists no route responses: their ids are those that were answered when they were made. */
async function getRouteResponseKeys(
  walk: Walkthrough,
  apiId: string,
  routeId: string,
): Promise<readonly string[]> {
  const made = walk.recorded.filter(
    ({ command, args }) => command === 'apigatewayv2 create-route-response' && args.includes(routeId),
  );
  const found = made.map(({ stdout }) => {
    const { RouteResponseId } = JSON.parse(stdout) as { RouteResponseId: string };
    return walk.aws<{ RouteResponseKey: string }>(
      ...['apigatewayv2', 'get-route-response', '--api-id', apiId],
      ...['--route-id', routeId, '--route-response-id', RouteResponseId],
    );
  });
  return (await Promise.all(found)).map(({ RouteResponseKey }) => RouteResponseKey);
}
