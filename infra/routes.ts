import { Stack, Validations } from 'aws-cdk-lib';
import {
  CfnIntegrationResponse,
  type IWebSocketRouteAuthorizer,
  type WebSocketApi,
  WebSocketAuthorizer,
  WebSocketAuthorizerType,
  type WebSocketIntegration,
  WebSocketIntegrationType,
  type WebSocketRoute,
  WebSocketRouteIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { FunctionRoute } from './deployedFunctions.ts';
import type { TriggeredFunction } from './functions.ts';
import { STAGE } from './stage.ts';

/** Gives the API its routes, as `local/gateway.ts` does on one machine. */
export function addRoutes(api: WebSocketApi, functions: readonly TriggeredFunction[]): void {
  const authorize = functions.find(({ trigger }) => trigger.kind === 'authorizer');
  const authorizer = authorize && addAuthorizer(api, authorize.handler);
  for (const { trigger, handler } of functions) {
    if (trigger.kind !== 'route') continue;
    const guarded = trigger.key === CONNECT && authorizer;
    const route = addFunctionRoute(api, trigger, { handler, ...(guarded && { authorizer: guarded }) });
    if (!guarded) acknowledge(route, trigger.key === CONNECT ? open : onConnectAlone);
  }
  acknowledge(addPing(api), onConnectAlone);
}

const CONNECT = '$connect';

const open = 'Whoever deploys it chose auth=none: whoever knows the address may join any meeting.';
const onConnectAlone =
  'No route of a WebSocket API but $connect can have an authorizer. What it said holds for the connection.';

function acknowledge(route: WebSocketRoute, reason: string): void {
  Validations.of(route).acknowledge({ id: 'AwsSolutions::AwsSolutions-APIG4', reason });
}

/**
 * Has a function asked before `$connect` is. It finds the token itself, in either of two places, so that no identity
 * source is named: a request without one would be refused before it is asked. Nothing it says is kept for the next.
 */
function addAuthorizer(api: WebSocketApi, handler: LambdaFunction): IWebSocketRouteAuthorizer {
  const { authorizerId } = new WebSocketAuthorizer(api, 'Authorizer', {
    authorizerName: handler.node.id,
    webSocketApi: api,
    type: WebSocketAuthorizerType.LAMBDA,
    identitySource: [],
    authorizerUri: invocationUri(handler),
  });
  handler.addPermission('InvokeAuthorizer', {
    scope: api,
    principal: new ServicePrincipal('apigateway.amazonaws.com'),
    sourceArn: Stack.of(api).formatArn({
      service: 'execute-api',
      resource: api.apiId,
      resourceName: `authorizers/${authorizerId}`,
    }),
  });
  return { bind: () => ({ authorizerId, authorizationType: 'CUSTOM' }) };
}

/** What a route of a function leads to. */
type Lead = { readonly handler: LambdaFunction; readonly authorizer?: IWebSocketRouteAuthorizer };

/** Adds a route that leads to a function, which permits it. Two-way, what the function returns is sent back. */
export function addFunctionRoute(
  api: WebSocketApi,
  { key, direction }: FunctionRoute,
  { handler, authorizer }: Lead,
): WebSocketRoute {
  const integration = new FunctionIntegration(handler);
  const returnResponse = direction === 'two-way';
  const route = api.addRoute(key, { integration, returnResponse, ...(authorizer && { authorizer }) });
  // Of this stage alone, where the CDK's own integration would allow all.
  handler.addPermission(`Invoke${key}`, {
    scope: route,
    principal: new ServicePrincipal('apigateway.amazonaws.com'),
    sourceArn: api.arnForExecuteApiV2(key, STAGE),
  });
  return route;
}

/** Lambda as a proxy. Unlike the CDK's own, it leaves the permission to invoke to whoever uses it. */
class FunctionIntegration extends WebSocketRouteIntegration {
  readonly #handler: LambdaFunction;

  constructor(handler: LambdaFunction) {
    super('Integration');
    this.#handler = handler;
  }

  bind() {
    return { type: WebSocketIntegrationType.AWS_PROXY, uri: invocationUri(this.#handler) };
  }
}

/** A function as API Gateway invokes it. */
function invocationUri(handler: LambdaFunction): string {
  return Stack.of(handler).formatArn({
    service: 'apigateway',
    account: 'lambda',
    resource: 'path/2015-03-31/functions',
    resourceName: `${handler.functionArn}/invocations`,
  });
}

/** What a template is found by: any word will do, as both sides use the same. */
const TEMPLATE = '200';

/** Answers heartbeats in API Gateway, so that they cost no invocation. */
function addPing(api: WebSocketApi): WebSocketRoute {
  const route = api.addRoute('ping', {
    integration: new WebSocketMockIntegration('Integration', {
      requestTemplates: { [TEMPLATE]: '{"statusCode":200}' },
      templateSelectionExpression: TEMPLATE,
    }),
    returnResponse: true,
  });
  const { integrationId } = route.node.findChild('Integration') as WebSocketIntegration;
  // A mock has nothing to answer by itself, and the CDK has no construct for this.
  new CfnIntegrationResponse(route, 'IntegrationResponse', {
    apiId: api.apiId,
    integrationId,
    integrationResponseKey: '$default',
    responseTemplates: { [TEMPLATE]: '{"type":"pong"}' },
    templateSelectionExpression: TEMPLATE,
  });
  return route;
}
