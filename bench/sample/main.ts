// What a message to a meeting costs on AWS, and how long it takes, beside the way of AWS's own sample of a chat: scan
// the table, and post to one connection after the other.
//
//   npm run bench:sample -- [--members=50] [--repeats=10] [--write]
//
// --write also puts the figures into bench/README.md.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { LambdaEnvironment } from '../../src/gateway/LambdaEnvironment.ts';
import { unpackBundled } from '../lambda/builds.ts';
import { machine } from '../lambda/machine.ts';
import { startSurroundings } from '../lambda/surroundings.ts';
import { noteMachine } from '../markdown.ts';
import { writeFigures } from '../marks.ts';
import { type CountingDynamoDB, startCountingDynamoDB } from './countingDynamoDB.ts';
import { fillMeeting, fillRows, MEETING } from './filling.ts';
import { type Message, messagesTable, type Spending } from './report.ts';
import { type SlowPosts, startSlowPosts } from './slowPosts.ts';

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '50' },
    repeats: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
});
const members = Number(values.members);
const repeats = Number(values.repeats);
if (!(members >= 2) || !(repeats >= 1)) throw new Error('--members are 2 or more, --repeats 1 or more');

const POST_MS = 10;
const TIMEOUT_MS = 29_000;
/** Connections of other meetings in the table, in this order. */
const OTHERS = [10, 1000, 100_000];

const noted = noteMachine();
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-sample-'));
const surroundings = await startSurroundings();
const { AWS_ENDPOINT_URL_DYNAMODB: endpoint = '', TABLE_NAME: tableName = '' } = surroundings.environment;
const dynamodb = await startCountingDynamoDB(endpoint);
const posts = await startSlowPosts(POST_MS);
const functions = await startFunctions();
try {
  await fillMeeting(surroundings.meetings, members);
  const spendings: Spending[] = [];
  let others = 0;
  for (const count of OTHERS) {
    await fillRows({ endpoint, tableName, from: others, to: count });
    others = count;
    // Clients load what they need with their first call.
    for (const message of messages()) await spend(message, { dynamodb, posts });
    for (let round = 0; round < repeats; round++) {
      for (const message of messages())
        spendings.push({ others, ...(await spend(message, { dynamodb, posts })) });
    }
  }
  const raw = {
    measuredAt: new Date().toISOString(),
    machine: machine(),
    members,
    postMs: POST_MS,
    spendings,
  };
  mkdirSync('bench/results', { recursive: true });
  writeFileSync('bench/results/sample.json', JSON.stringify(raw));
  const report = `${noted()} ${members} members, medians of ${repeats}.\n\n${messagesTable(spendings)}`;
  console.log(report);
  if (values.write) writeFigures('sample', report);
} finally {
  await Promise.all(Object.values(functions).map((one) => one.end()));
  dynamodb.stop();
  posts.stop();
  await surroundings.stop();
  rmSync(folder, { recursive: true });
}

function messages(): readonly Message[] {
  const requestId = crypto.randomUUID();
  return [
    { way: 'CloudMeetX, logged', by: 'ours', body: { messageType: 'chat', requestId } },
    { way: 'CloudMeetX', by: 'ours', body: { messageType: 'message', requestId } },
    { way: 'scan, and post one by one', by: 'sample', body: {} },
  ];
}

async function startFunctions(): Promise<Readonly<Record<Message['by'], LambdaEnvironment>>> {
  const environment = {
    ...surroundings.environment,
    ...{ AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url, CALLBACK_URL: posts.url },
    // Nobody is to be held up: one connection sends everything here.
    ...{ RATE_LIMIT_MESSAGES_PER_SECOND: '1000', RATE_LIMIT_BURST: '1000' },
  };
  const start = (taskRoot: string) =>
    new LambdaEnvironment({
      ...{ taskRoot, functionName: 'sendMessage', environment, region: 'us-east-1', memoryMb: 512 },
      onLine: (line) => process.stderr.write(`${line}\n`),
    });
  unpackBundled(root, 'sendMessage', join(folder, 'ours'));
  await build({
    ...{ absWorkingDir: root, entryPoints: ['bench/sample/scanAndPost.ts'], bundle: true, platform: 'node' },
    ...{ target: 'node20', format: 'cjs', outfile: join(folder, 'sample/handler.cjs'), logLevel: 'warning' },
  });
  writeFileSync(
    join(folder, 'sample/index.mjs'),
    "import sample from './handler.cjs';\nexport const handler = sample.handler;\n",
  );
  return { ours: start(join(folder, 'ours')), sample: start(join(folder, 'sample')) };
}

/** Sends one message, and says what that has taken. */
async function spend(
  { way, by, body }: Message,
  counters: { readonly dynamodb: CountingDynamoDB; readonly posts: SlowPosts },
): Promise<Omit<Spending, 'others'>> {
  counters.dynamodb.spent();
  counters.posts.count();
  const startedAtMs = performance.now();
  const requestId = crypto.randomUUID();
  const result = await functions[by].invoke({
    event: eventOf(body, requestId),
    requestId,
    timeoutMs: TIMEOUT_MS,
  });
  const tookMs = performance.now() - startedAtMs;
  const { statusCode } = result as { readonly statusCode?: number };
  if (statusCode !== 200) throw new Error(`${way}: ${JSON.stringify(result)}`);
  return { way, tookMs, ...counters.dynamodb.spent(), posts: counters.posts.count() };
}

function eventOf(body: Readonly<Record<string, unknown>>, requestId: string): unknown {
  const message = { action: 'sendMessage', meetingId: MEETING, data: 'x'.repeat(200), ...body };
  return {
    isBase64Encoded: false,
    body: JSON.stringify(message),
    requestContext: {
      ...{ routeKey: 'sendMessage', eventType: 'MESSAGE', messageDirection: 'IN', connectionId: 'member-0' },
      ...{ requestId, extendedRequestId: requestId, connectedAt: Date.now(), requestTimeEpoch: Date.now() },
      ...{ stage: 'production', apiId: 'a1b2c3d4e5', domainName: 'localhost' },
    },
  };
}
