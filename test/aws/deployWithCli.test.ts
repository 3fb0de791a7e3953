import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIceConfig } from '../../lambda/shared/iceConfig.ts';
import { grantedCalls } from '../harness/CallRecord.ts';
import { motoRegion, motoSource } from '../harness/moto.ts';
import { TestClient } from '../harness/TestClient.ts';
import { chat } from './chat.ts';
import {
  type DeployedFunction,
  type DeployedRoute,
  getFunction,
  getPermission,
  getRoutes,
  getSchedules,
} from './deployed.ts';
import { answeredOtherwise, neverDoneByMoto, refusedByMoto } from './deviations.ts';
import {
  connectionsTable,
  describeTable,
  emptyInventory,
  functionRoutes,
  functions,
  getRolePolicy,
  inventory,
  meetingsTable,
  schedules,
} from './inventory.ts';
import { meet } from './meet.ts';
import { allowedCalls, type Call, covers } from './policy.ts';
import { deliveryMappings, deliveryQueues, describeQueue, getMappings } from './queues.ts';
import { type RunningDeployment, runDeployed } from './runDeployed.ts';
import { sha256 } from './startDeployed.ts';
import { tellMany, toldToQueue } from './tellMany.ts';
import { getUserPool, subjectOf, userPool } from './userPool.ts';
import { Walkthrough } from './Walkthrough.ts';

const documented = 'docs/deploy-with-aws-cli.md, from an empty account';

if (motoSource.kind === 'none') {
  it.skip(`${documented}: ${motoSource.reason}`);
} else {
  describe(documented, () => {
    let walk: Walkthrough;
    let accountId: string;
    let apiId: string;
    let userPoolId: string;
    let running: RunningDeployment | undefined;
    beforeAll(async () => {
      walk = await Walkthrough.start();
      console.log('moto does not:', { refusedByMoto, answeredOtherwise, neverDoneByMoto });
    });
    afterAll(async () => {
      await running?.stop();
      await walk.stop();
    });

    it('step 1 makes both tables, with the index and time to live, and both queues', async () => {
      expect(await inventory(walk)).toEqual(emptyInventory);
      await walk.paste('Before you begin', 'The connections', 'The meetings', 'The queues');
      accountId = await walk.variable('ACCOUNT_ID');
      expect(await describeTable(walk, 'CloudMeetXConnections')).toEqual(connectionsTable);
      expect(await describeTable(walk, 'CloudMeetXMeetings')).toEqual(meetingsTable);
      const queues = deliveryQueues(accountId);
      expect((await inventory(walk)).queues).toEqual(Object.keys(queues).toSorted());
      for (const [name, queue] of Object.entries(queues)) {
        expect(await describeQueue(walk, name)).toEqual(queue);
      }
    });

    it('steps 2 and 3 make zips, role, policy and functions', async () => {
      await walk.paste('Step 2: zips', 'The API', 'The role', 'The policy', 'The functions');
      apiId = await walk.variable('API_ID');
      const role = await walk.aws<{ Role: { Arn: string; AssumeRolePolicyDocument: unknown } }>(
        ...['iam', 'get-role', '--role-name', 'CloudMeetX-Lambda-Role'],
      );
      expect(role.Role.AssumeRolePolicyDocument).toMatchObject({
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      });
      for (const [name, { memoryMb, timeoutSeconds }] of functions) {
        expect(await getFunction(walk, `CloudMeetX-${name}`)).toMatchObject({
          Runtime: 'nodejs24.x',
          Architectures: ['arm64'],
          Handler: 'index.handler',
          Role: role.Role.Arn,
          MemorySize: memoryMb,
          Timeout: timeoutSeconds,
          CodeSha256: sha256(walk.zip(name)),
          Environment: {
            Variables: {
              TABLE_NAME: 'CloudMeetXConnections',
              MEETINGS_TABLE_NAME: 'CloudMeetXMeetings',
              LOG_LEVEL: 'info',
              CALLBACK_URL: `https://${apiId}.execute-api.${motoRegion}.amazonaws.com/production`,
            },
          },
        } satisfies Partial<DeployedFunction>);
      }
      const logGroups = functions.map(([name]) => `/aws/lambda/CloudMeetX-${name}`);
      expect((await inventory(walk)).logGroups.toSorted()).toEqual(logGroups.toSorted());
    });

    it('the queue invokes its worker, and is told to those that may send to it', async () => {
      expect(await getMappings(walk)).toMatchObject(deliveryMappings(accountId));
      const url = `${walk.moto.endpoint}/${accountId}/CloudMeetXDeliveries`;
      const told = await toldVariables(walk);
      expect(told.map(({ DELIVERY_QUEUE_URL }) => DELIVERY_QUEUE_URL)).toEqual(
        functions.map(([, { access }]) => (access.deliveryQueue.length > 0 ? url : undefined)),
      );
    });

    it('the policy allows what the functions of the CDK app may do all together, and logging', async () => {
      const allowed = allowedCalls(await getRolePolicy(walk));
      const granted = new Set(functions.flatMap(([, deployed]) => grantedCalls(deployed)));
      expect(allowed.filter(isNoLogging).map(asGrant).toSorted()).toEqual([...granted].toSorted());
      const logGroups = `arn:aws:logs:${motoRegion}:${accountId}:log-group:/aws/lambda/CloudMeetX-*:*`;
      expect(allowed.filter((rule) => !isNoLogging(rule))).toEqual([
        { action: 'logs:CreateLogStream', resource: logGroups },
        { action: 'logs:PutLogEvents', resource: logGroups },
      ]);
    });

    it('step 4 makes the routes, which their functions permit, and route responses for messages', async () => {
      await walk.paste('Step 4: routes');
      const functionArn = (name: string) =>
        `arn:aws:lambda:${motoRegion}:${accountId}:function:CloudMeetX-${name}`;
      const oneWay = { routeResponseSelectionExpression: undefined, routeResponseKeys: [] };
      const twoWay = { routeResponseSelectionExpression: '$default', routeResponseKeys: ['$default'] };
      const pong = { kind: 'mock', request: '{"statusCode":200}', answer: '{"type":"pong"}' };
      expect(await getRoutes(walk, apiId)).toEqual([
        ...functionRoutes.map(({ name, key, direction }) => ({
          routeKey: key,
          integration: { kind: 'function', functionArn: functionArn(name) },
          ...(direction === 'two-way' ? twoWay : oneWay),
        })),
        { routeKey: 'ping', integration: pong, ...twoWay },
      ]);
      for (const { name, key } of functionRoutes) {
        const sourceArn = `arn:aws:execute-api:${motoRegion}:${accountId}:${apiId}/*/${key}`;
        expect((await getPermission(walk, functionArn(name))).Statement).toMatchObject([
          permitted('apigateway.amazonaws.com', sourceArn),
        ]);
      }
    });

    it('step 5 makes the stage, throttled', async () => {
      await walk.paste('Step 5: stage');
      const stage = await walk.aws(
        ...['apigatewayv2', 'get-stage', '--api-id', apiId, '--stage-name', 'production'],
      );
      expect(stage).toMatchObject({
        DefaultRouteSettings: {
          ThrottlingRateLimit: 2000,
          ThrottlingBurstLimit: 1000,
          DetailedMetricsEnabled: true,
        },
      });
      expect(stage, answeredOtherwise.stageDeployment).not.toHaveProperty('DeploymentId');
    });

    it('step 6 makes the schedule, whose function permits it, and may be done again', async () => {
      await walk.paste('Step 6: schedule', 'Step 6: schedule');
      expect(await getSchedules(walk)).toMatchObject(
        schedules.map(({ name, everyMinutes }) => ({
          Name: `CloudMeetX-${name}`,
          ScheduleExpression: `rate(${everyMinutes} minutes)`,
          State: 'ENABLED',
          targets: [{ Arn: `arn:aws:lambda:${motoRegion}:${accountId}:function:CloudMeetX-${name}` }],
        })),
      );
      for (const { name, everyMinutes } of schedules) {
        const sourceArn = `arn:aws:events:${motoRegion}:${accountId}:rule/CloudMeetX-${name}`;
        expect((await getPermission(walk, `CloudMeetX-${name}`)).Statement).toMatchObject([
          permitted('events.amazonaws.com', sourceArn),
        ]);
        const retries = await walk.aws(
          ...['lambda', 'get-function-event-invoke-config', '--function-name', `CloudMeetX-${name}`],
        );
        expect(retries).toMatchObject({
          MaximumRetryAttempts: 0,
          MaximumEventAgeInSeconds: everyMinutes * 60,
        });
      }
    });

    it('what is deployed answers wscat, lets people meet, and calls just what its policy allows', async () => {
      running = await runDeployed(walk, { apiId, accountId, variables: toldToQueue });
      expect(await walk.tryIt(running.webSocketUrl), answeredOtherwise.apiEndpoint).toEqual({
        printed: `https://${apiId}.execute-api.${motoRegion}.amazonaws.com/production`,
        frame: expect.objectContaining({ type: 'ack', sent: 0, failed: 0, stale: 0 }),
      });
      await chat(running.webSocketUrl);
      await meet(walk, running);
      await tellMany(walk, running);
      await running.stop();

      const allowed = allowedCalls(await getRolePolicy(walk)).filter(isNoLogging);
      const { calls } = running;
      expect(calls.filter((call) => !allowed.some((rule) => covers(rule, call)))).toEqual([]);
      expect(allowed.filter((rule) => !calls.some((call) => covers(rule, call)))).toEqual([]);
    });

    it('authentication makes a user pool, and a function that may only log, which $connect asks', async () => {
      await walk.paste('A user pool', 'The function that authorizes', 'The authorizer');
      userPoolId = await walk.variable('USER_POOL_ID');
      expect(await getUserPool(walk, userPoolId)).toEqual(userPool);

      const functionArn = `arn:aws:lambda:${motoRegion}:${accountId}:function:CloudMeetX-authorize`;
      const { Role, CodeSha256, Environment } = await getFunction(walk, functionArn);
      expect(Role).toMatch(/:role\/CloudMeetX-Authorize-Role$/);
      expect(CodeSha256).toBe(sha256(walk.zip('authorize')));
      const logGroup = `arn:aws:logs:${motoRegion}:${accountId}:log-group:/aws/lambda/CloudMeetX-authorize:*`;
      expect(allowedCalls(await getRolePolicy(walk, 'Authorize'))).toEqual([
        { action: 'logs:CreateLogStream', resource: logGroup },
        { action: 'logs:PutLogEvents', resource: logGroup },
      ]);

      const routes = await getRoutes(walk, apiId);
      const guarded = routes.filter(({ authorizer }) => authorizer);
      expect(guarded).toMatchObject([
        { routeKey: '$connect', authorizer: { type: 'REQUEST', identitySources: [], functionArn } },
      ]);
      const sourceArn = `arn:aws:execute-api:${motoRegion}:${accountId}:${apiId}/authorizers/${guarded[0]?.authorizer?.authorizerId}`;
      expect((await getPermission(walk, functionArn)).Statement).toMatchObject([
        permitted('apigateway.amazonaws.com', sourceArn),
      ]);
      const tokens = {
        AUTH_ISSUER: `https://cognito-idp.${motoRegion}.amazonaws.com/${userPoolId}`,
        AUTH_AUDIENCE: await walk.variable('CLIENT_ID'),
        AUTH_ROLE_CLAIM: 'custom:role',
      };
      expect(Environment.Variables).toMatchObject(tokens);
      for (const variables of await toldVariables(walk)) expect(variables).toMatchObject(tokens);
    });

    it('with it nobody gets in without a token, and whoever has one is whom it names', async () => {
      running = await runDeployed(walk, { apiId, accountId, userPoolId });
      const url = `${running.webSocketUrl}?meetingId=standup&userId=bob&userName=Bob`;
      expect(await TestClient.refused(url)).toMatchObject({ statusCode: 401 });
      expect(await TestClient.refused(`${url}&token=a.b.c`)).toMatchObject({ statusCode: 401 });

      const printed = await walk.tryToken(running.webSocketUrl);
      const self = { userId: await subjectOf(walk), userName: 'Alice', role: 'host' };
      expect(printed.welcome).toMatchObject({ type: 'welcome', self });
      expect(printed.ack).toMatchObject({ type: 'ack', sent: 0 });
      await running.stop();
    });

    it('STUN and TURN servers, and the secret that they share, are told to join alone', async () => {
      await walk.paste('STUN and TURN');
      const secret = await walk.variable('TURN_SECRET');
      expect(secret).toMatch(/^[0-9a-f]{64}$/);
      const told = await toldVariables(walk);
      expect(told.filter((variables) => /TURN|STUN/.test(JSON.stringify(variables)))).toEqual([
        expect.objectContaining({
          STUN_URLS: 'stun:turn.example.com:3478',
          TURN_URLS: 'turn:turn.example.com:3478,turns:turn.example.com:5349?transport=tcp',
          TURN_SECRET: secret,
        }),
      ]);
      const { Environment } = await getFunction(walk, 'CloudMeetX-join');
      expect(readIceConfig(Environment.Variables).turn).toMatchObject({ secret });
      await walk.paste('STUN and TURN');
      expect(await toldVariables(walk)).toEqual(told);
    });

    it('a new version is brought in, with a function and a route that were missing', async () => {
      const routes = await getRoutes(walk, apiId);
      const told = await toldVariables(walk);
      await removeAction(walk, apiId, 'history');
      const sendMessage = ['--function-name', 'CloudMeetX-sendMessage'];
      const older = ['--zip-file', `fileb://${walk.zip('onConnect')}`];
      await walk.aws('lambda', 'update-function-code', ...sendMessage, ...older);
      await walk.paste('Before you begin');
      expect(await walk.paste('In another shell')).toBe(`${apiId}\n`);
      await walk.follow('Bring in a new version');
      expect(await toldVariables(walk)).toEqual(told);
      expect(byRouteKey(await getRoutes(walk, apiId))).toEqual(byRouteKey(routes));
      expect(await getFunction(walk, 'CloudMeetX-sendMessage')).toMatchObject({
        Runtime: 'nodejs24.x',
        MemorySize: 512,
        Timeout: 30,
        CodeSha256: sha256(walk.zip('sendMessage')),
      });
    });

    it('moto answers otherwise than AWS only where we know of it', async () => {
      const refused = walk.recorded.filter(({ deviates }) => deviates).map(({ command }) => command);
      expect(refused).toEqual([
        'apigatewayv2 create-deployment',
        'apigatewayv2 create-deployment',
        'apigatewayv2 update-stage',
      ]);
      const list = walk.aws('apigatewayv2', 'get-route-responses', '--api-id', apiId, '--route-id', 'any');
      await expect(list, answeredOtherwise.routeResponses).rejects.toThrow('(500)');
      const { Code } = await walk.aws<{ Code: { Location: string } }>(
        ...['lambda', 'get-function', '--function-name', 'CloudMeetX-onConnect'],
      );
      expect(Code.Location, answeredOtherwise.codeLocation).toContain('.amazonaws.com/');
      expect(await walk.aws('s3api', 'list-buckets', '--query', 'Buckets')).toEqual([]);
    });

    it('the teardown leaves nothing, and every command was called', async () => {
      await walk.paste('Remove it');
      expect(await inventory(walk)).toEqual({ ...emptyInventory, userPools: ['CloudMeetX'] });
      await walk.paste('Remove the users', 'Remove the TURN secret');
      expect(await walk.aws('secretsmanager', 'list-secrets', '--query', 'SecretList')).toEqual([]);
      expect(await inventory(walk)).toEqual(emptyInventory);
      // The role of a new deployment has no other policies; the update's has.
      expect(walk.neverCalled).toEqual(['iam detach-role-policy']);
      expect(walk.failed).toEqual([]);
    });
  });
}

/** What the functions are told; first of all, that which clients connect to. */
async function toldVariables(walk: Walkthrough): Promise<readonly Readonly<Record<string, string>>[]> {
  const told = await walk.aws<readonly (readonly [string, Readonly<Record<string, string>>])[]>(
    ...['lambda', 'list-functions', '--query', 'Functions[].[FunctionName, Environment.Variables]'],
  );
  const deployed = functions.map(([name]) => told.find(([known]) => known === `CloudMeetX-${name}`));
  return deployed.map((found) => found?.[1] ?? {});
}

const isNoLogging = ({ action }: Call): boolean => !action.startsWith('logs:');

/** What a policy allows, in the words of what is granted to functions. */
function asGrant({ action, resource }: Call): string {
  const [, method] = /\/production\/(\w+)\/@connections\/\*$/.exec(resource) ?? [];
  if (action === 'execute-api:ManageConnections' && method) return `${method} on @connections`;
  if (resource.endsWith(':CloudMeetXDeliveries'))
    return `${action.replace('sqs:', '')} on the delivery queue`;
  const [, table = resource] = /:table\/CloudMeetX(Connections|Meetings)$/.exec(resource) ?? [];
  return `${action.replace('dynamodb:', '')} on ${table.toLowerCase()}`;
}

const permitted = (service: string, sourceArn: string) => ({
  Action: 'lambda:InvokeFunction',
  Principal: { Service: service },
  Condition: { ArnLike: { 'AWS:SourceArn': sourceArn } },
});

const byRouteKey = (routes: readonly DeployedRoute[]): readonly DeployedRoute[] =>
  routes.toSorted((a, b) => a.routeKey.localeCompare(b.routeKey));

/** Makes the deployment one of a version that doesn't know an action yet. */
async function removeAction(walk: Walkthrough, apiId: string, action: string): Promise<void> {
  const find = ['apigatewayv2', 'get-routes', '--api-id', apiId];
  const [routeId = ''] = await walk.aws<string[]>(
    ...find,
    '--query',
    `Items[?RouteKey=='${action}'].RouteId`,
  );
  await walk.aws('apigatewayv2', 'delete-route', '--api-id', apiId, '--route-id', routeId);
  await walk.aws('lambda', 'delete-function', '--function-name', `CloudMeetX-${action}`);
}
