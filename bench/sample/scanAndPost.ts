// What one writes after AWS's sample of a chat: every connection of the table is read, and each one that is concerned is
// posted to after the other. The sample knows no meetings; the least that adds them is a filter.
import {
  ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';

const { TABLE_NAME, CALLBACK_URL = '' } = process.env;
const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const management = new ApiGatewayManagementApiClient({ endpoint: CALLBACK_URL });

type MessageEvent = { readonly body: string };

/** Sends a message to all connections of a meeting, the sender's included. */
export async function handler({ body }: MessageEvent): Promise<{ readonly statusCode: number }> {
  const { meetingId, data } = JSON.parse(body) as { readonly meetingId: string; readonly data: unknown };
  const scan = {
    TableName: TABLE_NAME,
    ProjectionExpression: 'connectionId',
    FilterExpression: 'meetingId = :meetingId',
    ExpressionAttributeValues: { ':meetingId': meetingId },
  };
  for await (const { Items = [] } of paginateScan({ client: documents }, scan)) {
    for (const { connectionId } of Items) await post(connectionId, JSON.stringify(data));
  }
  return { statusCode: 200 };
}

async function post(connectionId: string, Data: string): Promise<void> {
  try {
    await management.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
  } catch (error) {
    if (!(error instanceof GoneException)) throw error;
    await documents.send(new DeleteCommand({ TableName: TABLE_NAME, Key: { connectionId } }));
  }
}
