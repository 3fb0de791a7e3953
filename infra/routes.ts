import { Stack, Validations } from 'aws-cdk-lib';
import {
  CfnIntegrationResponse,
  type WebSocketApi,
  type WebSocketIntegration,
  WebSocketIntegrationType,
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
  for (const { trigger, handler } of functions) {
    if (trigger.kind === 'route') addFunctionRoute(api, trigger, handler);
  }
  addPing(api);
  Validations.of(api).acknowledge({
    id: 'AwsSolutions::AwsSolutions-APIG4',
    reason:
      '$connect has no authorizer until authentication is built: whoever knows the address may join any meeting. No other route of a WebSocket API can have one.',
  });
}

/** Adds a route that leads to a function, which permits it. Two-way, what the function returns is sent back. */
export function addFunctionRoute(
  api: WebSocketApi,
  { key, direction }: FunctionRoute,
  handler: LambdaFunction,
): void {
  const integration = new FunctionIntegration(handler);
  const route = api.addRoute(key, { integration, returnResponse: direction === 'two-way' });
  // Of this stage alone, where the CDK's own integration would allow all.
  handler.addPermission(`Invoke${key}`, {
    scope: route,
    principal: new ServicePrincipal('apigateway.amazonaws.com'),
    sourceArn: api.arnForExecuteApiV2(key, STAGE),
  });
}

/** Lambda as a proxy. Unlike the CDK's own, it leaves the permission to invoke to whoever uses it. */
class FunctionIntegration extends WebSocketRouteIntegration {
  readonly #handler: LambdaFunction;

  constructor(handler: LambdaFunction) {
    super('Integration');
    this.#handler = handler;
  }

  bind() {
    const uri = Stack.of(this.#handler).formatArn({
      service: 'apigateway',
      account: 'lambda',
      resource: 'path/2015-03-31/functions',
      resourceName: `${this.#handler.functionArn}/invocations`,
    });
    return { type: WebSocketIntegrationType.AWS_PROXY, uri };
  }
}

/** What a template is found by: any word will do, as both sides use the same. */
const TEMPLATE = '200';

/** Answers heartbeats in API Gateway, so that they cost no invocation. */
function addPing(api: WebSocketApi): void {
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
}
