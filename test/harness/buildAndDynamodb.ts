import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import buildServer from './build.ts';
import { dynamodbSource, startDynamoDB } from './dynamodb.ts';
import { seedOfRun } from './random.ts';

/**
 * Before the tests of the built functions: builds them, starts the DynamoDB that all of them share, and makes the file
 * in which all their processes keep what the functions call, and settles the seed.
 */
export default async function setup(): Promise<() => Promise<void>> {
  buildServer();
  if (dynamodbSource.kind === 'none') throw new Error(dynamodbSource.reason);
  const { endpoint, stop } = await startDynamoDB();
  process.env.DYNAMODB_ENDPOINT = endpoint;
  process.env.SEED = String(seedOfRun());
  console.log(`chaos by SEED=${process.env.SEED}`);
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-calls-'));
  process.env.CALL_RECORD = join(folder, 'calls.txt');
  writeFileSync(process.env.CALL_RECORD, '');
  return async () => {
    await stop();
    rmSync(folder, { recursive: true });
  };
}
