import {
  ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createProbe, type PostOutcome, type ProbeEvent } from './probe.ts';

const { WATCHERS_TABLE_NAME: TableName, AWS_REGION: region, CALLBACK_URL } = process.env;
const dynamo = new DynamoDBClient({});
/** Rows of watchers serve for as long as a connection may live. */
const WATCHED_SECONDS = 7200;

async function post(
  { requestContext: { apiId, stage } }: ProbeEvent,
  ConnectionId: string,
  Data: string,
): Promise<PostOutcome> {
  const endpoint = CALLBACK_URL ?? `https://${apiId}.execute-api.${region}.amazonaws.com/${stage}`;
  const api = new ApiGatewayManagementApiClient({ endpoint });
  try {
    await api.send(new PostToConnectionCommand({ ConnectionId, Data }));
    return 'sent';
  } catch (error) {
    if (error instanceof GoneException) return 'gone';
    console.error(error);
    return 'failed';
  }
}

/** The function as Lambda calls it, on every route: `index.handler`. */
export const handler = createProbe({
  post,
  watchers: {
    async keep(connectionId, watcher) {
      const ttl = String(Math.ceil(Date.now() / 1000) + WATCHED_SECONDS);
      const Item = { connectionId: { S: connectionId }, watcher: { S: watcher }, ttl: { N: ttl } };
      await dynamo.send(new PutItemCommand({ TableName, Item }));
    },
    async find(connectionId) {
      const Key = { connectionId: { S: connectionId } };
      const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      return Item?.watcher?.S;
    },
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
