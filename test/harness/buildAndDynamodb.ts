import buildServer from './build.ts';
import { dynamodbSource, startDynamoDB } from './dynamodb.ts';

/** Before the tests of the built functions: builds them, and starts the DynamoDB that all of them share. */
export default async function setup(): Promise<() => Promise<void>> {
  buildServer();
  if (dynamodbSource.kind === 'none') throw new Error(dynamodbSource.reason);
  const { endpoint, stop } = await startDynamoDB();
  process.env.DYNAMODB_ENDPOINT = endpoint;
  return stop;
}
