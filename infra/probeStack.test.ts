import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ProbeStack } from './probeStack.ts';

// Any zip does for a template.
const zip = fileURLToPath(new URL('../dist/lambda/onConnect.zip', import.meta.url));
const template = () => Template.fromStack(new ProbeStack(new App(), zip));

describe('the probe', () => {
  it('has its routes, no $default, and responses where the probe answers', () => {
    const routes = Object.values(template().findResources('AWS::ApiGatewayV2::Route')).map(
      ({ Properties }) => [Properties.RouteKey, Properties.RouteResponseSelectionExpression],
    );
    expect(routes.toSorted()).toEqual([
      ['$connect', undefined],
      ['$disconnect', undefined],
      ['event', '$default'],
      ['play', '$default'],
      ['quiet', undefined],
    ]);
    template().resourceCountIs('AWS::ApiGatewayV2::RouteResponse', 2);
  });

  it('may keep and find watchers and post, and nothing else of ours', () => {
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Action: ['dynamodb:PutItem', 'dynamodb:GetItem'], Effect: 'Allow', Resource: Match.anyValue() },
          { Action: 'execute-api:ManageConnections', Effect: 'Allow', Resource: Match.anyValue() },
        ].map((statement) => Match.objectLike(statement)),
      },
    });
  });

  it('outlives the 29 s of an integration, and leaves nothing behind', () => {
    template().hasResourceProperties('AWS::Lambda::Function', { Timeout: 60, Handler: 'index.handler' });
    template().hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
    template().hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  });

  it('says what to build when it is not built', () => {
    expect(() => new ProbeStack(new App(), '/nowhere/probe.zip')).toThrow('node scripts/build.mjs --probe');
  });
});
