import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { deployedFunctions } from '../../infra/deployedFunctions.ts';
import { testCredentials } from '../harness/dynamodb.ts';
import { motoRegion } from '../harness/moto.ts';
import type { Policy } from './policy.ts';
import { getMappings, queueNames } from './queues.ts';
import type { Walkthrough } from './Walkthrough.ts';

/**
 * The functions that the documents deploy, with what they are to have: the same as the CDK app's. Without the one that
 * authorizes, which comes with authentication.
 */
export const functions = Object.entries(deployedFunctions).filter(
  ([, { trigger }]) => trigger.kind !== 'authorizer',
);

/** Their routes, by the same. */
export const functionRoutes = functions.flatMap(([name, { trigger }]) =>
  trigger.kind === 'route' ? [{ ...trigger, name }] : [],
);

/** Their schedules, by the same. */
export const schedules = functions.flatMap(([name, { trigger }]) =>
  trigger.kind === 'schedule' ? [{ ...trigger, name }] : [],
);

/** A client of the emulated account's DynamoDB. */
export function dynamodbOf(walk: Walkthrough): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: walk.moto.endpoint,
    region: motoRegion,
    credentials: testCredentials,
  });
}

/** What matters of a table. */
export async function describeTable(walk: Walkthrough, TableName: string) {
  const dynamodb = dynamodbOf(walk);
  const [{ Table }, { TimeToLiveDescription }] = await Promise.all([
    dynamodb.send(new DescribeTableCommand({ TableName })),
    dynamodb.send(new DescribeTimeToLiveCommand({ TableName })),
  ]);
  dynamodb.destroy();
  const attributes = Object.fromEntries(
    (Table?.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => [
      AttributeName,
      AttributeType,
    ]),
  );
  return {
    billing: Table?.BillingModeSummary?.BillingMode,
    attributes,
    keys: (Table?.KeySchema ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`),
    indexes: (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema = [], Projection }) => ({
      name: IndexName,
      keys: KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`),
      projection: Projection?.ProjectionType,
    })),
    timeToLive: TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED' && TimeToLiveDescription.AttributeName,
  };
}

/** The connections' table as it has to be, new or updated. */
export const connectionsTable = {
  billing: 'PAY_PER_REQUEST',
  attributes: { connectionId: 'S', meetingId: 'S', userId: 'S' },
  keys: ['connectionId HASH'],
  indexes: [{ name: 'meetingId-userId-index', keys: ['meetingId HASH', 'userId RANGE'], projection: 'ALL' }],
  timeToLive: 'ttl',
};

/** The meetings' table as it has to be. */
export const meetingsTable = {
  billing: 'PAY_PER_REQUEST',
  attributes: { meetingId: 'S', item: 'S' },
  keys: ['meetingId HASH', 'item RANGE'],
  indexes: [],
  timeToLive: 'ttl',
};

/** The policy that the functions' role carries in itself, or that of the one that authorizes. */
export async function getRolePolicy(
  walk: Walkthrough,
  whose: 'Lambda' | 'Authorize' = 'Lambda',
): Promise<Policy> {
  const { PolicyDocument } = await walk.aws<{ PolicyDocument: Policy }>(
    ...['iam', 'get-role-policy', '--role-name', `CloudMeetX-${whose}-Role`],
    ...['--policy-name', `CloudMeetX-${whose}-Policy`],
  );
  return PolicyDocument;
}

/** The names of everything that is in the account, and what has none. */
export async function inventory(walk: Walkthrough) {
  const list = (query: string, ...args: readonly string[]) =>
    walk.aws<readonly string[]>(...args, '--query', query);
  const [tables, queues, functions, mappings, roles, apis, rules, logGroups, userPools] = await Promise.all([
    list('TableNames', 'dynamodb', 'list-tables'),
    queueNames(walk),
    list('Functions[].FunctionName', 'lambda', 'list-functions'),
    getMappings(walk),
    list('Roles[].RoleName', 'iam', 'list-roles'),
    list('Items[].Name', 'apigatewayv2', 'get-apis'),
    list('Rules[].Name', 'events', 'list-rules'),
    list('logGroups[].logGroupName', 'logs', 'describe-log-groups'),
    list('UserPools[].Name', 'cognito-idp', 'list-user-pools', '--max-results', '60'),
  ]);
  return { tables, queues, functions, mappings, roles, apis, rules, logGroups, userPools };
}

/** The same of an account that holds nothing. */
export const emptyInventory = {
  tables: [],
  queues: [],
  functions: [],
  mappings: [],
  roles: [],
  apis: [],
  rules: [],
  logGroups: [],
  userPools: [],
};
