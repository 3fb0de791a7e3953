import { existsSync, readdirSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { deploymentWith } from './deployment.testing.ts';
import { CloudMeetXStack } from './stack.ts';

const { all, one, referred } = deploymentWith();

const sizes = [
  ['onConnect', 256, 10],
  ['onDisconnect', 256, 10],
  ['sendMessage', 512, 30],
  ['onDefault', 256, 10],
] as const;

const lambda = (name: string) => one('AWS::Lambda::Function', 'FunctionName', `CloudMeetX-${name}`);

/** What a function may do, by resource. */
function permissions(name: string): Record<string, readonly string[]> {
  const role = String(lambda(name).Role).replace(' Arn', '');
  const policies = all('AWS::IAM::Policy').filter(({ Roles }) => String(Roles) === role);
  const statements = policies.flatMap(
    ({ PolicyDocument }) => (PolicyDocument as { Statement: readonly Statement[] }).Statement,
  );
  const granted: Record<string, string[]> = {};
  for (const { Effect, Action, Resource } of statements) {
    expect(Effect).toBe('Allow');
    for (const resource of [Resource].flat()) granted[resource] = [Action].flat().sort();
  }
  return granted;
}

type Statement = {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
};

const connections = '<CloudMeetXConnections Arn>';
const meetings = '<CloudMeetXMeetings Arn>';
const managing = (method: string) =>
  `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<api>/production/${method}/@connections/*`;
const logging = (name: string) => ({
  [`</aws/lambda/CloudMeetX-${name} Arn>`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
});

describe('the functions', () => {
  it('are those of lambda/, and no helper of the CDK', () => {
    const folder = new URL('../lambda/', import.meta.url);
    const built = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/index.ts`, folder)));
    const names = all('AWS::Lambda::Function').map(({ FunctionName }) => FunctionName);
    expect(names.sort()).toEqual(built.map((name) => `CloudMeetX-${name}`).sort());
  });

  it.each(sizes)('run %s with %i MB for at most %i s', (name, MemorySize, Timeout) => {
    expect(lambda(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize,
      Timeout,
    });
  });

  it.each(sizes)('tell %s its tables and how much to log', (name) => {
    expect(lambda(name).Environment).toEqual({
      Variables: {
        TABLE_NAME: '<CloudMeetXConnections>',
        MEETINGS_TABLE_NAME: '<CloudMeetXMeetings>',
        LOG_LEVEL: 'info',
      },
    });
  });

  it.each(sizes)("keep %s's log for a month", (name) => {
    const { LogGroup } = lambda(name).LoggingConfig as { LogGroup: string };
    expect(referred(LogGroup)).toMatchObject({
      LogGroupName: `/aws/lambda/CloudMeetX-${name}`,
      RetentionInDays: 30,
    });
  });

  it('let onConnect count members, write and evict, and part with whom it evicts', () => {
    expect(permissions('onConnect')).toEqual({
      ...logging('onConnect'),
      [connections]: ['dynamodb:DeleteItem', 'dynamodb:PutItem'],
      [meetings]: ['dynamodb:PutItem', 'dynamodb:Query'],
      [managing('POST')]: ['execute-api:ManageConnections'],
      [managing('DELETE')]: ['execute-api:ManageConnections'],
    });
  });

  it('let onDisconnect end a membership', () => {
    expect(permissions('onDisconnect')).toEqual({
      ...logging('onDisconnect'),
      [connections]: ['dynamodb:DeleteItem', 'dynamodb:GetItem'],
      [meetings]: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
    });
  });

  it('let sendMessage find recipients, post, and end the membership of who is gone', () => {
    expect(permissions('sendMessage')).toEqual({
      ...logging('sendMessage'),
      [connections]: ['dynamodb:DeleteItem', 'dynamodb:GetItem'],
      [meetings]: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
      [managing('POST')]: ['execute-api:ManageConnections'],
    });
  });

  it('let onDefault do nothing but log', () => {
    expect(permissions('onDefault')).toEqual(logging('onDefault'));
  });

  it('have no managed policies, no actions with *, and no resources with * but connections', () => {
    for (const { FunctionName } of all('AWS::Lambda::Function')) {
      const name = String(FunctionName).replace('CloudMeetX-', '');
      expect(referred(String(lambda(name).Role).replace(' Arn', ''))).not.toHaveProperty('ManagedPolicyArns');
      const granted = permissions(name);
      const wide = Object.keys(granted).filter((resource) => resource.includes('*'));
      expect([managing('POST'), managing('DELETE')]).toEqual(expect.arrayContaining(wide));
      expect(Object.values(granted).flat().join()).not.toContain('*');
    }
  });

  it('are asked to be built where they are not', () => {
    const synthesise = () => new CloudMeetXStack(new App(), 'Unbuilt', { zips: '/nowhere' });
    expect(synthesise).toThrow(/onConnect isn't built: run `npm run build` in the root/);
  });
});
