import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { Walkthrough } from './Walkthrough.ts';

const functions = { $connect: 'onConnect', $disconnect: 'onDisconnect', sendMessage: 'sendMessage' } as const;

/** The names of the functions that the first release had. */
export const firstFunctions: readonly string[] = Object.values(functions);

/**
 * Deploys what the first release's text led to: a table without index and time to live, functions of three files on
 * nodejs18.x, a managed policy beside Lambda's own, and an API made by hand, whose routes answer nothing.
 */
export async function deployFirstRelease(walk: Walkthrough): Promise<void> {
  await walk.aws(
    ...['dynamodb', 'create-table', '--table-name', 'CloudMeetXConnections'],
    ...['--attribute-definitions', 'AttributeName=connectionId,AttributeType=S'],
    ...['--key-schema', 'AttributeName=connectionId,KeyType=HASH', '--billing-mode', 'PAY_PER_REQUEST'],
  );
  const roleArn = await createRole(walk);
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-first-'));
  const zip = join(folder, 'function.zip');
  const files = {
    'index.mjs': 'export const handler = async () => ({ statusCode: 200 });',
    'package.json': '{}',
  };
  writeFileSync(
    zip,
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))),
  );
  for (const name of firstFunctions) {
    await walk.aws(
      ...['lambda', 'create-function', '--function-name', `CloudMeetX-${name}`, '--role', roleArn],
      ...['--runtime', 'nodejs18.x', '--handler', 'index.handler', '--zip-file', `fileb://${zip}`],
      ...['--timeout', '10', '--environment', 'Variables={TABLE_NAME=CloudMeetXConnections}'],
    );
  }
  rmSync(folder, { recursive: true });
  await createApi(walk);
}

async function createRole(walk: Walkthrough): Promise<string> {
  const role = ['--role-name', 'CloudMeetX-Lambda-Role'];
  const allow = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
  const trust = allow({ Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' });
  const { Role } = await walk.aws<{ Role: { Arn: string } }>(
    ...['iam', 'create-role', ...role, '--assume-role-policy-document', trust],
  );
  for (const [name, action] of [
    ['CloudMeetX-Lambda-Policy', 'dynamodb:Scan'],
    ['Somebody-Elses-Policy', 'xray:PutTraceSegments'],
  ] as const) {
    const { Policy } = await walk.aws<{ Policy: { Arn: string } }>(
      ...['iam', 'create-policy', '--policy-name', name],
      ...['--policy-document', allow({ Action: action, Resource: '*' })],
    );
    await walk.aws('iam', 'attach-role-policy', ...role, '--policy-arn', Policy.Arn);
  }
  return Role.Arn;
}

async function createApi(walk: Walkthrough): Promise<void> {
  const { ApiId } = await walk.aws<{ ApiId: string }>(
    ...['apigatewayv2', 'create-api', '--name', 'CloudMeetX', '--protocol-type', 'WEBSOCKET'],
    ...['--route-selection-expression', '$request.body.action'],
  );
  // Another API of the account, which nothing may touch.
  await walk.aws('apigatewayv2', 'create-api', '--name', 'Website', '--protocol-type', 'HTTP');
  const api = ['--api-id', ApiId];
  for (const [routeKey, name] of Object.entries(functions)) {
    const { FunctionArn } = await walk.aws<{ FunctionArn: string }>(
      ...['lambda', 'get-function-configuration', '--function-name', `CloudMeetX-${name}`],
    );
    const [, , , region, account] = FunctionArn.split(':');
    const { IntegrationId } = await walk.aws<{ IntegrationId: string }>(
      ...[
        'apigatewayv2',
        'create-integration',
        ...api,
        '--integration-type',
        'AWS_PROXY',
        '--integration-uri',
      ],
      `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`,
    );
    await walk.aws(
      ...['apigatewayv2', 'create-route', ...api, '--route-key', routeKey],
      ...['--target', `integrations/${IntegrationId}`],
    );
    await walk.aws(
      ...['lambda', 'add-permission', '--function-name', FunctionArn, '--statement-id', 'by-the-console'],
      ...['--action', 'lambda:InvokeFunction', '--principal', 'apigateway.amazonaws.com'],
      ...['--source-arn', `arn:aws:execute-api:${region}:${account}:${ApiId}/*/${routeKey}`],
    );
  }
  await walk.aws('apigatewayv2', 'create-stage', ...api, '--stage-name', 'production');
}
