import { existsSync, readdirSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { deployedFunctions } from './deployedFunctions.ts';
import { deploymentWith } from './deployment.testing.ts';
import { CloudMeetXStack } from './stack.ts';

const { all, one, referred } = deploymentWith();

const functions = Object.entries(deployedFunctions);

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

const userPoolTokens = {
  AUTH_ISSUER: 'https://cognito-idp.<AWS::Region>.<AWS::URLSuffix>/<CloudMeetX users>',
  AUTH_AUDIENCE: '<CloudMeetX client>',
  AUTH_ROLE_CLAIM: 'custom:role',
};
const connections = '<CloudMeetXConnections Arn>';
const meetings = '<CloudMeetXMeetings Arn>';
const deliveryQueue = '<CloudMeetXDeliveries Arn>';
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

  it.each(functions)('run %s with its memory, for its time', (name, { memoryMb, timeoutSeconds }) => {
    expect(lambda(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: memoryMb,
      Timeout: timeoutSeconds,
    });
  });

  it.each(functions)(
    'tell %s its tables, where clients are, how much to log and whose tokens count',
    (name, { access }) => {
      expect(lambda(name).Environment).toEqual({
        Variables: {
          TABLE_NAME: '<CloudMeetXConnections>',
          MEETINGS_TABLE_NAME: '<CloudMeetXMeetings>',
          CALLBACK_URL: 'https://<api>.execute-api.<AWS::Region>.<AWS::URLSuffix>/production',
          LOG_LEVEL: 'info',
          ...userPoolTokens,
          ...(access.deliveryQueue.length > 0 && { DELIVERY_QUEUE_URL: '<CloudMeetXDeliveries>' }),
        },
      });
    },
  );

  it('are told the limits that are chosen', () => {
    const chosen = {
      historyTtlSeconds: '86400',
      maxConnectionsPerMeeting: '50',
      maxConnectionsPerUser: '2',
      queueAboveRecipients: '200',
      banSeconds: '60',
      rateLimitMessagesPerSecond: '0',
      rateLimitBurst: '10',
      allowedOrigins: 'https://meet.example.com, http://localhost:5173',
    };
    for (const { Environment } of deploymentWith(chosen).all('AWS::Lambda::Function')) {
      expect(Environment).toMatchObject({
        Variables: {
          HISTORY_TTL_SECONDS: '86400',
          MAX_CONNECTIONS_PER_MEETING: '50',
          MAX_CONNECTIONS_PER_USER: '2',
          QUEUE_ABOVE_RECIPIENTS: '200',
          BAN_SECONDS: '60',
          RATE_LIMIT_MESSAGES_PER_SECOND: '0',
          RATE_LIMIT_BURST: '10',
          ALLOWED_ORIGINS: 'https://meet.example.com,http://localhost:5173',
        },
      });
    }
  });

  it('tell join alone of STUN and TURN servers, and of the secret where it is', () => {
    const chosen = {
      stunUrls: 'stun:turn.example.com:3478',
      turnUrls: 'turn:turn.example.com:3478,turns:turn.example.com:5349?transport=tcp',
      turnSecretName: 'CloudMeetX-turn',
    };
    const told = deploymentWith(chosen)
      .all('AWS::Lambda::Function')
      .filter(({ Environment }) => /STUN|TURN/.test(JSON.stringify(Environment)));
    expect(told).toMatchObject([
      {
        FunctionName: 'CloudMeetX-join',
        Environment: {
          Variables: {
            STUN_URLS: chosen.stunUrls,
            TURN_URLS: chosen.turnUrls,
            TURN_SECRET: '{{resolve:secretsmanager:CloudMeetX-turn:SecretString:::}}',
          },
        },
      },
    ]);
  });

  it.each(functions)("keep %s's log for a month", (name) => {
    const { LogGroup } = lambda(name).LoggingConfig as { LogGroup: string };
    expect(referred(LogGroup)).toMatchObject({
      LogGroupName: `/aws/lambda/CloudMeetX-${name}`,
      RetentionInDays: 30,
    });
  });

  it.each(functions)('let %s do what is granted it, and nothing else but log', (name, { access }) => {
    const on = {
      [connections]: access.connections.map((action) => `dynamodb:${action}`),
      [meetings]: access.meetings.map((action) => `dynamodb:${action}`),
      [deliveryQueue]: access.deliveryQueue.map((action) => `sqs:${action}`),
    };
    const granted = Object.entries(on).filter(([, actions]) => actions.length > 0);
    expect(permissions(name)).toEqual({
      ...logging(name),
      ...Object.fromEntries(granted.map(([resource, actions]) => [resource, actions.sort()])),
      ...Object.fromEntries(
        access.manageConnections.map((method) => [managing(method), ['execute-api:ManageConnections']]),
      ),
    });
  });

  it('let onDefault count messages and part with whoever floods, and nothing else but log', () => {
    expect(permissions('onDefault')).toEqual({
      ...logging('onDefault'),
      [connections]: ['dynamodb:UpdateItem'],
      [managing('POST')]: ['execute-api:ManageConnections'],
      [managing('DELETE')]: ['execute-api:ManageConnections'],
    });
  });

  it('let every function that a client sends to count and part, and no other count', () => {
    const asked = functions.filter(
      ([, { trigger }]) => trigger.kind === 'route' && trigger.direction === 'two-way',
    );
    const parting = functions.filter(([name]) => permissions(name)[managing('DELETE')]);
    const counting = functions.filter(([name]) =>
      permissions(name)[connections]?.includes('dynamodb:UpdateItem'),
    );
    expect(counting).toEqual(asked);
    expect(parting).toEqual(expect.arrayContaining(asked));
  });

  it('let authorize do nothing but log', () => {
    expect(permissions('authorize')).toEqual(logging('authorize'));
  });

  it.each([
    [['sweep'], connections, 'dynamodb:Scan'],
    [['sweep'], managing('GET'), 'execute-api:ManageConnections'],
    [['onConnect', 'join'], connections, 'dynamodb:PutItem'],
    [['deliver'], deliveryQueue, 'sqs:ReceiveMessage'],
  ])('let only %j use %s by %s', (allowed, resource, action) => {
    const able = functions.filter(([name]) => permissions(name)[resource]?.includes(action));
    expect(able.map(([name]) => name)).toEqual(allowed);
  });

  it('have no managed policies, no actions with *, and no resources with * but connections', () => {
    for (const { FunctionName } of all('AWS::Lambda::Function')) {
      const name = String(FunctionName).replace('CloudMeetX-', '');
      expect(referred(String(lambda(name).Role).replace(' Arn', ''))).not.toHaveProperty('ManagedPolicyArns');
      const granted = permissions(name);
      const wide = Object.keys(granted).filter((resource) => resource.includes('*'));
      expect([managing('POST'), managing('GET'), managing('DELETE')]).toEqual(expect.arrayContaining(wide));
      expect(Object.values(granted).flat().join()).not.toContain('*');
    }
  });

  it('are asked to be built where they are not', () => {
    const synthesise = () => new CloudMeetXStack(new App(), 'Unbuilt', { zips: '/nowhere' });
    expect(synthesise).toThrow(/onConnect isn't built: run `npm run build` in the root/);
  });
});
