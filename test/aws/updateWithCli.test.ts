import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { motoSource } from '../harness/moto.ts';
import { TestClient } from '../harness/TestClient.ts';
import { chat } from './chat.ts';
import { getFunction, getRoutes, getSchedules } from './deployed.ts';
import { answeredOtherwise } from './deviations.ts';
import { deployFirstRelease, firstFunctions } from './firstRelease.ts';
import {
  connectionsTable,
  describeTable,
  dynamodbOf,
  emptyInventory,
  functionRoutes,
  functions,
  getRolePolicy,
  inventory,
  meetingsTable,
} from './inventory.ts';
import { meet } from './meet.ts';
import { allowedCalls, covers } from './policy.ts';
import { deliveryMappings, deliveryQueues, describeQueue, getMappings } from './queues.ts';
import { type RunningDeployment, runDeployed } from './runDeployed.ts';
import { sha256 } from './startDeployed.ts';
import { tellMany, toldToQueue } from './tellMany.ts';
import { deployDocument, Walkthrough } from './Walkthrough.ts';

const documented = 'docs/deploy-with-aws-cli.md, from a deployment of the first release';

if (motoSource.kind === 'none') {
  it.skip(`${documented}: ${motoSource.reason}`);
} else {
  describe(documented, () => {
    let walk: Walkthrough;
    let running: RunningDeployment | undefined;
    const oldRow = { connectionId: { S: 'old' }, meetingId: { S: 'standup' }, userId: { S: 'alice' } };
    const TableName = 'CloudMeetXConnections';
    beforeAll(async () => {
      walk = await Walkthrough.start();
      await deployFirstRelease(walk);
    }, 120_000);
    afterAll(async () => {
      await running?.stop();
      await walk.stop();
    });

    it('the table gets its index and time to live, keeps its rows, and the other table and the queues are made', async () => {
      const dynamodb = dynamodbOf(walk);
      await dynamodb.send(new PutItemCommand({ TableName, Item: oldRow }));
      expect(await describeTable(walk, TableName)).toMatchObject({ indexes: [], timeToLive: false });

      await walk.follow('Update a deployment of the first release');
      await walk.follow('Update the table');
      expect(await describeTable(walk, TableName)).toEqual(connectionsTable);
      expect(await describeTable(walk, 'CloudMeetXMeetings')).toEqual(meetingsTable);
      const { connectionId } = oldRow;
      const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { connectionId } }));
      expect(Item).toEqual(oldRow);
      dynamodb.destroy();

      await walk.paste('Update the table');
      expect(await describeTable(walk, TableName)).toEqual(connectionsTable);
      await walk.aws(
        ...['sqs', 'set-queue-attributes', '--attributes', 'VisibilityTimeout=1,MessageRetentionPeriod=60'],
        ...['--queue-url', `${walk.moto.endpoint}/${await walk.variable('ACCOUNT_ID')}/CloudMeetXDeliveries`],
      );
      await walk.paste('The queues');
      for (const [name, queue] of Object.entries(deliveryQueues(await walk.variable('ACCOUNT_ID')))) {
        expect(await describeQueue(walk, name)).toEqual(queue);
      }
    });

    it('the functions get runtime, environment and code, and the new ones are made', async () => {
      await walk.follow('Update the functions');
      for (const [name, { memoryMb, timeoutSeconds }] of functions) {
        const deployed = await getFunction(walk, `CloudMeetX-${name}`);
        expect(deployed).toMatchObject({
          Runtime: 'nodejs24.x',
          MemorySize: memoryMb,
          Timeout: timeoutSeconds,
          CodeSha256: sha256(walk.zip(name)),
          Environment: { Variables: { TABLE_NAME: TableName, MEETINGS_TABLE_NAME: 'CloudMeetXMeetings' } },
        });
        const architecture = firstFunctions.includes(name) ? 'x86_64' : 'arm64';
        expect(deployed.Architectures, answeredOtherwise.architecture).toEqual([architecture]);
      }
    });

    it('the queue has its worker before anybody else is told of it', async () => {
      expect(await getMappings(walk)).toMatchObject(deliveryMappings(await walk.variable('ACCOUNT_ID')));
      const { recorded } = walk;
      const told = recorded.filter(({ args }) => args.some((arg) => arg.includes('DELIVERY_QUEUE_URL=http')));
      const first = told.find(({ args }) => !args.includes('CloudMeetX-deliver'));
      const mapped = recorded.findIndex(({ command }) => command === 'lambda create-event-source-mapping');
      const positions = [
        recorded.findLastIndex(({ command }) => command === 'sqs create-queue'),
        recorded.findIndex(({ command }) => command === 'iam put-role-policy'),
        mapped,
        first ? recorded.indexOf(first) : -1,
      ];
      expect(positions).not.toContain(-1);
      expect(positions.toSorted((a, b) => a - b)).toEqual(positions);
    });

    it('the policy is replaced, and somebody else’s stays', async () => {
      const anything = allowedCalls(await getRolePolicy(walk)).filter(({ resource }) => resource === '*');
      expect(anything).toEqual([]);
      const attached = await walk.aws(
        ...['iam', 'list-attached-role-policies', '--role-name', 'CloudMeetX-Lambda-Role'],
        ...['--query', 'AttachedPolicies[].PolicyName'],
      );
      expect(attached).toEqual(['Somebody-Elses-Policy']);
    });

    it('the old routes stay, the new ones and the schedule are made, messages are answered, and only the stage’s commands are those that moto refuses', async () => {
      await walk.follow('Update the routes');
      await walk.paste('Update the stage');
      const routes = await getRoutes(walk, await walk.variable('API_ID'));
      const answering = routes.filter(({ routeResponseKeys }) => routeResponseKeys.includes('$default'));
      const messages = functionRoutes.filter(({ direction }) => direction === 'two-way');
      expect(answering.map(({ routeKey }) => routeKey).toSorted()).toEqual(
        [...messages.map(({ key }) => key), 'ping'].toSorted(),
      );
      expect(routes).toHaveLength(functionRoutes.length + 1);
      expect((await getSchedules(walk)).map(({ Name }) => Name)).toEqual(['CloudMeetX-sweep']);
      const refused = walk.recorded.filter(({ deviates }) => deviates).map(({ command }) => command);
      expect(refused).toEqual(['apigatewayv2 create-deployment', 'apigatewayv2 update-stage']);
    });

    it('what was updated lets people meet, within its policy', async () => {
      const accountId = await walk.variable('ACCOUNT_ID');
      const apiId = await walk.variable('API_ID');
      running = await runDeployed(walk, { apiId, accountId, variables: toldToQueue });
      const { frame } = await walk.tryIt(running.webSocketUrl);
      expect(frame).toMatchObject({ type: 'ack', sent: 0 });
      await chat(running.webSocketUrl);
      await meet(walk, running);
      await tellMany(walk, running);
      await running.stop();
      const allowed = allowedCalls(await getRolePolicy(walk));
      expect(running.calls.filter((call) => !allowed.some((rule) => covers(rule, call)))).toEqual([]);
    });

    it('tokens are asked for when somebody says so, and until then nobody’s', async () => {
      const names = (await inventory(walk)).functions;
      expect(names).not.toContain('CloudMeetX-authorize');
      await walk.paste('Tokens of another issuer', 'The function that authorizes', 'The authorizer');
      // Another issuer: it is told to the function that is there, and to all others.
      await walk.paste('The function that authorizes', 'The authorizer', 'Update the stage');
      const tokens = { AUTH_ISSUER: 'https://login.example.com', AUTH_AUDIENCE: 'cloudmeetx' };
      const told = await walk.aws<readonly Readonly<Record<string, string>>[]>(
        ...['lambda', 'list-functions', '--query', 'Functions[].Environment.Variables'],
      );
      expect(told).toHaveLength(functions.length + 1);
      for (const variables of told) expect(variables).toMatchObject(tokens);
      const accountId = await walk.variable('ACCOUNT_ID');
      running = await runDeployed(walk, { apiId: await walk.variable('API_ID'), accountId });
      const url = `${running.webSocketUrl}?meetingId=standup&userId=alice`;
      expect(await TestClient.refused(url)).toMatchObject({ statusCode: 401 });
      await running.stop();
    });

    it('the teardown leaves what is somebody else’s, and every command was called', async () => {
      await walk.paste('Remove it', 'Remove the users');
      expect(await inventory(walk)).toEqual({ ...emptyInventory, apis: ['Website'] });
      // There is no user pool.
      expect(walk.neverCalled).toEqual(['cognito-idp update-user-pool', 'cognito-idp delete-user-pool']);
      expect(walk.failed).toEqual([]);
    });

    it('no block of the document is left out by both walks', () => {
      const here = walk.pasted;
      const fromNothing = [
        ...['The connections', 'The API', 'The role', 'A user pool', 'Step 5: stage', 'A token'],
        ...['STUN and TURN', 'Remove the TURN secret'],
      ];
      expect([...deployDocument.sections.keys()].filter((heading) => !here.has(heading))).toEqual(
        fromNothing,
      );
    });
  });
}
