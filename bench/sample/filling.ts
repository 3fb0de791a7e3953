import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Meetings } from '../../src/meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../../src/protocol/ids.ts';
import { testCredentials } from '../../test/harness/dynamodb.ts';

/** The meeting whose messages are measured. */
export const MEETING = 'standup';

/** Connects `member-0` and so on. */
export async function fillMeeting(meetings: Meetings, members: number): Promise<void> {
  for (let number = 0; number < members; number++) {
    const connection = {
      meetingId: MEETING as MeetingId,
      connectionId: `member-${number}` as ConnectionId,
      userId: `user-${number}` as UserId,
      userName: `user-${number}`,
      connectedAtMs: Date.now(),
      client: 'plain',
      role: 'host',
    } as const;
    await meetings.connect(connection, { connectionsPerMeeting: 1000, connectionsPerUser: 5 });
  }
}

const ROWS_PER_BATCH = 25;

/** Puts connections of other meetings, ten in each, into the table that finds a connection: those of these numbers. */
export async function fillRows(rows: {
  readonly endpoint: string;
  readonly tableName: string;
  readonly from: number;
  readonly to: number;
}): Promise<void> {
  const client = new DynamoDBClient({
    ...{ endpoint: rows.endpoint, region: 'us-east-1', credentials: testCredentials },
  });
  const documents = DynamoDBDocumentClient.from(client);
  for (let from = rows.from; from < rows.to; from += ROWS_PER_BATCH) {
    const numbers = Array.from(
      { length: Math.min(ROWS_PER_BATCH, rows.to - from) },
      (_, index) => from + index,
    );
    const puts = numbers.map((number) => ({ PutRequest: { Item: rowOf(number) } }));
    await documents.send(new BatchWriteCommand({ RequestItems: { [rows.tableName]: puts } }));
  }
  client.destroy();
}

const rowOf = (number: number) => ({
  connectionId: `other-${number}=`,
  meetingId: `meeting-${Math.floor(number / 10)}`,
  userId: `user-${number}`,
  userName: `User ${number}`,
  connectedAt: new Date().toISOString(),
  status: 'connected',
  ttl: Math.floor(Date.now() / 1000) + 86_400,
});
