import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** The two tables of a deployment. */
export type Tables = { readonly connections: Table; readonly meetings: Table };

/** For people and their tools: being eventually consistent it decides nothing, and no function may read it. */
export const CONNECTIONS_INDEX = 'meetingId-userId-index';

/**
 * Makes both tables. Changing a key or a name here replaces a table, which then is empty: what is deployed from the
 * first release on has these.
 */
export function createTables(
  scope: Construct,
  settings: Pick<Settings, 'tableNames' | 'tableEncryption' | 'removalPolicy'>,
): Tables {
  const common = {
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    encryption: encryptions[settings.tableEncryption],
    removalPolicy: removals[settings.removalPolicy],
    timeToLiveAttribute: 'ttl',
  } satisfies Partial<TableProps>;

  const connections = new Table(scope, 'Connections', {
    ...common,
    tableName: settings.tableNames.connections,
    partitionKey: text('connectionId'),
  });
  connections.addGlobalSecondaryIndex({
    indexName: CONNECTIONS_INDEX,
    partitionKey: text('meetingId'),
    sortKey: text('userId'),
  });
  const meetings = new Table(scope, 'Meetings', {
    ...common,
    tableName: settings.tableNames.meetings,
    partitionKey: text('meetingId'),
    sortKey: text('item'),
  });
  return { connections, meetings };
}

const text = (name: string) => ({ name, type: AttributeType.STRING });

const encryptions = {
  'aws-managed': TableEncryption.AWS_MANAGED,
  'aws-owned': TableEncryption.DEFAULT,
} satisfies Record<Settings['tableEncryption'], TableEncryption>;

// Retained, but for a creation that fails: a table left behind by that would be in the way of the next try by its name.
const removals = {
  retain: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  destroy: RemovalPolicy.DESTROY,
} satisfies Record<Settings['removalPolicy'], RemovalPolicy>;
