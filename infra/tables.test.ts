import { describe, expect, it } from 'vitest';
import { deploymentWith } from './deployment.testing.ts';

const { one, template } = deploymentWith();
const table = (name: string) => one('AWS::DynamoDB::Table', 'TableName', name);
const names = ['CloudMeetXConnections', 'CloudMeetXMeetings'] as const;

describe('the tables', () => {
  it.each(names)('let %s expire items, be paid by use, be encrypted and recoverable', (name) => {
    expect(table(name)).toMatchObject({
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it('keep connections by id, and in an index by meeting and user', () => {
    expect(table('CloudMeetXConnections')).toMatchObject({
      KeySchema: [{ AttributeName: 'connectionId', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'meetingId-userId-index',
          KeySchema: [
            { AttributeName: 'meetingId', KeyType: 'HASH' },
            { AttributeName: 'userId', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  });

  it('keep what a meeting consists of by meeting and item', () => {
    expect(table('CloudMeetXMeetings')).toMatchObject({
      KeySchema: [
        { AttributeName: 'meetingId', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
    });
  });

  it('outlive the stack, but for one whose creation failed', () => {
    template.allResources('AWS::DynamoDB::Table', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('go with the stack where that is chosen', () => {
    deploymentWith({ removalPolicy: 'destroy' }).template.allResources('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });

  it('have the names that are chosen, of which the functions are told', () => {
    const { all } = deploymentWith({ connectionsTable: 'people', meetingsTable: 'rooms' });
    expect(all('AWS::DynamoDB::Table').map(({ TableName }) => TableName)).toEqual(['people', 'rooms']);
    for (const { Environment } of all('AWS::Lambda::Function')) {
      expect(Environment).toMatchObject({
        Variables: { TABLE_NAME: '<people>', MEETINGS_TABLE_NAME: '<rooms>' },
      });
    }
  });

  it('keep their ids in the template, without which CloudFormation would replace them', () => {
    expect(Object.keys(template.findResources('AWS::DynamoDB::Table'))).toEqual([
      'MeetingApiConnections256FC90F',
      'MeetingApiMeetings5272A1BE',
    ]);
  });
});
