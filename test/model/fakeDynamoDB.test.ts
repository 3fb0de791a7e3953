import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { DynamoMeetings } from '../../src/aws/DynamoMeetings.ts';
import { userItem, userItemKey } from '../../src/aws/userItems.ts';
import { meetingsContract } from '../contracts/meetings.ts';
import { FakeDynamoDB } from '../harness/FakeDynamoDB.ts';

const tables = { connections: 'connections', meetings: 'meetings' };

for (const itemsPerPage of [40, 1000]) {
  meetingsContract(`DynamoDB as the model tests have it, ${itemsPerPage} items a page`, async (options) => {
    const fake = new FakeDynamoDB(
      { connections: { partition: 'connectionId' }, meetings: { partition: 'meetingId', sort: 'item' } },
      { itemsPerPage },
    );
    const documents = fake.client();
    const meetings = new DynamoMeetings({
      documents,
      tables,
      connectionTtlSeconds: 10 ** 9,
      newId: () => crypto.randomUUID(),
      // As in DynamoDB itself, whoever is waited for is served meanwhile.
      sleep: () => new Promise((resolve) => setImmediate(resolve)),
      random: () => 0,
      ...options,
    });
    return {
      meetings,
      close: async () => {},
      populate: async (connections) => {
        for (const member of connections) {
          const held = [{ connection: { ...member, joinedAtMs: member.connectedAtMs }, attributes: {} }];
          const user = { rev: 1, joinedAtMs: member.connectedAtMs, held };
          const Item = userItem(userItemKey(member), user, 'v');
          await documents.send(new PutCommand({ TableName: tables.meetings, Item }));
        }
      },
    };
  });
}
