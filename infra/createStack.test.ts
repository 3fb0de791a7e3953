import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { describe, expect, it } from 'vitest';
import { createStack } from './createStack.ts';

const everything = {
  domainName: 'meet.example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/00000000-0000-4000-8000-000000000000',
  removalPolicy: 'destroy',
  tableEncryption: 'aws-owned',
  stunUrls: 'stun:turn.example.com:3478',
  turnUrls: 'turn:turn.example.com:3478',
  turnSecretName: 'CloudMeetX-turn',
  alarmEmail: 'ops@example.com',
};

/** The rules that anything synthesised breaks, warnings included, by which synthesis alone wouldn't fail. */
function brokenRules(app: App): readonly string[] {
  const report = join(app.synth().directory, 'validation-report.json');
  const { pluginReports } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  expect(pluginReports.map(({ pluginName }) => pluginName)).toContain('AwsSolutions');
  return pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
}

type Report = {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly { readonly ruleName: string }[];
  }[];
};

describe('cdk-nag', () => {
  it.each([
    ['by default', {}],
    ['with all that context values add', everything],
    ['with another issuer', { authIssuer: 'https://login.example.com', authAudience: 'meetings' }],
    ['without authentication', { auth: 'none' }],
    ['without dashboard and alarms', { dashboard: 'off', alarms: 'off' }],
  ])('finds nothing in the stack %s', (_, context) => {
    const app = new App({ context });
    createStack(app);
    expect(brokenRules(app)).toEqual([]);
  });

  it('finds a $connect whose authorizer was taken away', () => {
    const app = new App();
    const api = createStack(app).node.findChild('MeetingApi').node.findChild('Api');
    const route = api.node.findChild('$connect-Route').node.defaultChild as CfnRoute;
    route.authorizationType = 'NONE';
    expect(() => app.synth()).toThrow(/The API does not implement authorization[\s\S]*connect-Route/);
  });

  it('finds what is planted', () => {
    const app = new App();
    new Table(createStack(app), 'Planted', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    expect(brokenRules(app)).toEqual(['AwsSolutions-DDB3']);
  });
});
