import { describe, expect, it } from 'vitest';
import { deployedFunctions } from './deployedFunctions.ts';
import { deploymentWith } from './deployment.testing.ts';

const { all, one, referred } = deploymentWith();

const functionRoutes = Object.entries(deployedFunctions).flatMap(([name, { trigger }]) =>
  trigger.kind === 'route' ? [{ ...trigger, name }] : [],
);

const route = (routeKey: string) => one('AWS::ApiGatewayV2::Route', 'RouteKey', routeKey);
const integration = (routeKey: string) => referred(route(routeKey).Target);

describe('the routes', () => {
  it('are selected by the action of a message', () => {
    expect(all('AWS::ApiGatewayV2::Api')).toEqual([
      { Name: 'CloudMeetX', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
    ]);
  });

  it('are one for each function, and ping', () => {
    const routeKeys = all('AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey);
    expect(routeKeys.sort()).toEqual([...functionRoutes.map(({ key }) => key), 'ping'].sort());
  });

  it.each(functionRoutes)('of $key lead to $name as a proxy', ({ key, name }) => {
    expect(integration(key)).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: `arn:<AWS::Partition>:apigateway:<AWS::Region>:lambda:path/2015-03-31/functions/<CloudMeetX-${name} Arn>/invocations`,
    });
  });

  it.each(functionRoutes)('of $key of this stage alone may invoke $name', ({ key, name }) => {
    expect(one('AWS::Lambda::Permission', 'FunctionName', `<CloudMeetX-${name} Arn>`)).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<api>/production/${key}`,
    });
  });

  it('answer where clients await a reply, and nowhere else', () => {
    const answering = functionRoutes.filter(({ direction }) => direction === 'two-way').map(({ key }) => key);
    answering.push('ping');
    const responses = all('AWS::ApiGatewayV2::RouteResponse');
    expect(responses.map(({ RouteResponseKey }) => RouteResponseKey)).toEqual(
      answering.map(() => '$default'),
    );
    expect(responses.map(({ RouteId }) => referred(RouteId).RouteKey).sort()).toEqual(answering.sort());
    for (const { RouteKey, RouteResponseSelectionExpression } of all('AWS::ApiGatewayV2::Route')) {
      const twoWay = answering.includes(String(RouteKey));
      expect(RouteResponseSelectionExpression, String(RouteKey)).toBe(twoWay ? '$default' : undefined);
    }
  });

  it('answer a ping without a function', () => {
    expect(integration('ping')).toMatchObject({
      IntegrationType: 'MOCK',
      RequestTemplates: { 200: '{"statusCode":200}' },
      TemplateSelectionExpression: '200',
    });
    const [response, ...others] = all('AWS::ApiGatewayV2::IntegrationResponse');
    expect(others).toEqual([]);
    expect(response).toMatchObject({
      IntegrationResponseKey: '$default',
      ResponseTemplates: { 200: '{"type":"pong"}' },
      TemplateSelectionExpression: '200',
    });
    expect(referred(response?.IntegrationId)).toEqual(integration('ping'));
  });
});
