import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { motoRegion, motoSource } from '../harness/moto.ts';
import { chat } from './chat.ts';
import { type DeployedFunction, getFunction, getPermission, getRoutes } from './deployed.ts';
import { answeredOtherwise, neverDoneByMoto, refusedByMoto } from './deviations.ts';
import {
  connectionsTable,
  describeTable,
  emptyInventory,
  functions,
  getRolePolicy,
  inventory,
  meetingsTable,
} from './inventory.ts';
import { allowedCalls, covers } from './policy.ts';
import { type RunningDeployment, runDeployed, sha256 } from './runDeployed.ts';
import { Walkthrough } from './Walkthrough.ts';

const documented = 'docs/deploy-with-aws-cli.md, from an empty account';

if (motoSource.kind === 'none') {
  it.skip(`${documented}: ${motoSource.reason}`);
} else {
  describe(documented, () => {
    let walk: Walkthrough;
    let accountId: string;
    let apiId: string;
    let running: RunningDeployment | undefined;
    beforeAll(async () => {
      walk = await Walkthrough.start();
      console.log('moto does not:', { refusedByMoto, answeredOtherwise, neverDoneByMoto });
    });
    afterAll(async () => {
      await running?.stop();
      await walk.stop();
    });

    it('step 1 makes both tables, with the index and time to live', async () => {
      expect(await inventory(walk)).toEqual(emptyInventory);
      await walk.paste('Before you begin', 'The connections', 'The meetings');
      accountId = await walk.variable('ACCOUNT_ID');
      expect(await describeTable(walk, 'CloudMeetXConnections')).toEqual(connectionsTable);
      expect(await describeTable(walk, 'CloudMeetXMeetings')).toEqual(meetingsTable);
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
          CodeSha256: sha256(`dist/lambda/${name}.zip`),
          Environment: {
            Variables: {
              TABLE_NAME: 'CloudMeetXConnections',
              MEETINGS_TABLE_NAME: 'CloudMeetXMeetings',
              LOG_LEVEL: 'info',
            },
          },
        } satisfies Partial<DeployedFunction>);
      }
      const logGroups = functions.map(([name]) => `/aws/lambda/CloudMeetX-${name}`);
      expect((await inventory(walk)).logGroups.toSorted()).toEqual(logGroups.toSorted());
    });

    it('step 4 makes the routes, which their functions permit, and route responses for messages', async () => {
      await walk.paste('Step 4: routes');
      const arn = (name: string) => `arn:aws:lambda:${motoRegion}:${accountId}:function:CloudMeetX-${name}`;
      const oneWay = { routeResponseSelectionExpression: undefined, routeResponseKeys: [] };
      const twoWay = { routeResponseSelectionExpression: '$default', routeResponseKeys: ['$default'] };
      expect(await getRoutes(walk, apiId)).toEqual(
        functions.map(([name, { route }]) => ({
          routeKey: route.key,
          functionArn: arn(name),
          ...(route.direction === 'two-way' ? twoWay : oneWay),
        })),
      );
      for (const { routeKey, functionArn } of await getRoutes(walk, apiId)) {
        expect((await getPermission(walk, functionArn)).Statement).toMatchObject([
          {
            Action: 'lambda:InvokeFunction',
            Principal: { Service: 'apigateway.amazonaws.com' },
            Condition: {
              ArnLike: {
                'AWS:SourceArn': `arn:aws:execute-api:${motoRegion}:${accountId}:${apiId}/*/${routeKey}`,
              },
            },
          },
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

    it('what is deployed answers wscat, lets two people write to each other, and calls just what its policy allows', async () => {
      running = await runDeployed(walk, { apiId, accountId });
      expect(await walk.tryIt(running.webSocketUrl), answeredOtherwise.apiEndpoint).toEqual({
        printed: `https://${apiId}.execute-api.${motoRegion}.amazonaws.com/production`,
        frame: expect.objectContaining({ type: 'ack', sent: 0, failed: 0, stale: 0 }),
      });
      await chat(running.webSocketUrl);
      await running.stop();

      const allowed = allowedCalls(await getRolePolicy(walk)).filter(({ action }) => !/^logs:/.test(action));
      const { calls } = running;
      expect(calls.filter((call) => !allowed.some((rule) => covers(rule, call)))).toEqual([]);
      expect(allowed.filter((rule) => !calls.some((call) => covers(rule, call)))).toEqual([]);
    });

    it('a new version is brought in', async () => {
      const sendMessage = ['--function-name', 'CloudMeetX-sendMessage'];
      const older = ['--zip-file', 'fileb://dist/lambda/onConnect.zip'];
      await walk.aws('lambda', 'update-function-code', ...sendMessage, ...older);
      expect(await walk.paste('In another shell')).toBe(`${apiId}\n`);
      await walk.paste('Bring in a new version');
      expect(await getFunction(walk, 'CloudMeetX-sendMessage')).toMatchObject({
        Runtime: 'nodejs24.x',
        MemorySize: 512,
        Timeout: 30,
        CodeSha256: sha256('dist/lambda/sendMessage.zip'),
      });
    });

    it('moto answers otherwise than AWS only where we know of it', async () => {
      const refused = walk.recorded.filter(({ deviates }) => deviates).map(({ command }) => command);
      expect(refused).toEqual(['apigatewayv2 create-deployment']);
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
      expect(await inventory(walk)).toEqual(emptyInventory);
      // The role of a new deployment has no other policies; the update's has.
      expect(walk.neverCalled).toEqual(['iam detach-role-policy']);
      expect(walk.failed).toEqual([]);
    });
  });
}
