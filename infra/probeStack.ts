import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { oneWay, twoWay } from './deployedFunctions.ts';
import { addFunctionRoute } from './routes.ts';
import { SetupError } from './settings.ts';
import { STAGE } from './stage.ts';

const NAME = 'CloudMeetXProbe';
const builtZip = fileURLToPath(new URL('../dist/probe/probe.zip', import.meta.url));

/**
 * An API that shows what functions see of API Gateway, for `npm run test:deployed`: the routes of `test/probe/probe.ts`,
 * one function behind all of them, and who watches which connection. It has no data worth keeping, and goes completely.
 */
export class ProbeStack extends Stack {
  constructor(scope: Construct, zip = builtZip) {
    super(scope, `${NAME}Stack`, { description: 'CloudMeetX: a probe of API Gateway. Remove it after use' });
    const watchers = new Table(this, 'Watchers', {
      partitionKey: { name: 'connectionId', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'ttl',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const probe = createProbe(this, watchers, zip);
    const api = new WebSocketApi(this, 'Api', {
      apiName: NAME,
      routeSelectionExpression: '$request.body.action',
    });
    // No $default: without one, API Gateway answers Forbidden by itself.
    for (const routeKey of ['$connect', '$disconnect', 'quiet'])
      addFunctionRoute(api, oneWay(routeKey), { handler: probe });
    for (const routeKey of ['event', 'play']) addFunctionRoute(api, twoWay(routeKey), { handler: probe });
    probe.addToRolePolicy(
      new PolicyStatement({
        actions: ['execute-api:ManageConnections'],
        resources: [api.arnForExecuteApiV2('POST/@connections/*', STAGE)],
      }),
    );
    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: api,
      stageName: STAGE,
      autoDeploy: true,
      // Enough for the tests; whoever finds the address can't spend much.
      throttle: { rateLimit: 100, burstLimit: 200 },
    });
    new CfnOutput(this, 'ProbeUrl', { value: stage.url, description: 'PROBE_URL of npm run test:deployed' });
    new CfnOutput(this, 'ProbeCallbackUrl', { value: stage.callbackUrl, description: 'PROBE_CALLBACK_URL' });
  }
}

function createProbe(scope: Construct, watchers: Table, zip: string): LambdaFunction {
  if (!existsSync(zip)) {
    throw new SetupError(
      `The probe isn't built: run \`node scripts/build.mjs --probe\` in the root (no ${zip}).`,
    );
  }
  const probe = new LambdaFunction(scope, 'Probe', {
    functionName: `${NAME}-probe`,
    code: Code.fromAsset(zip),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: 512,
    // Longer than API Gateway waits: that it gives up after 29 s is one of the rules.
    timeout: Duration.seconds(60),
    environment: { WATCHERS_TABLE_NAME: watchers.tableName },
    logGroup: new LogGroup(scope, 'ProbeLogs', {
      logGroupName: `/aws/lambda/${NAME}-probe`,
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
  });
  watchers.grant(probe, 'dynamodb:PutItem', 'dynamodb:GetItem');
  return probe;
}
