import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat, CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { type WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** The name of the stage, which is the path of the WebSocket URL. */
export const STAGE = 'production';

/**
 * A line for each connect, message and disconnect. Nothing that a client chose is in it, neither the query string,
 * where a token may be, nor what a message says; nor are addresses, which the law calls personal.
 */
export const accessLogFields = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  eventType: '$context.eventType',
  routeKey: '$context.routeKey',
  connectionId: '$context.connectionId',
  status: '$context.status',
  errorMessage: '$context.error.message',
  errorType: '$context.error.responseType',
  integrationStatus: '$context.integration.status',
  integrationError: '$context.integration.error',
  integrationLatencyMs: '$context.integration.latency',
};

/** The log group of the lines. */
export const accessLogName = (namePrefix: string): string => `/aws/apigateway/${namePrefix}-${STAGE}`;

/** Makes the stage that every change of the API is deployed to at once. */
export function createStage(
  scope: Construct,
  api: WebSocketApi,
  { namePrefix, logRetention, logRole, throttling }: Settings,
): WebSocketStage {
  const accessLog = new LogGroup(scope, 'AccessLog', {
    logGroupName: accessLogName(namePrefix),
    retention: logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const stage = new WebSocketStage(scope, 'Stage', {
    webSocketApi: api,
    stageName: STAGE,
    autoDeploy: true,
    // Of each route they would be paid for as custom metrics, and each function's own tell the same.
    detailedMetricsEnabled: false,
    throttle: { rateLimit: throttling.ratePerSecond, burstLimit: throttling.burst },
    accessLogSettings: {
      destination: { bind: () => ({ destinationArn: plainArn(accessLog) }) },
      format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
    },
  });
  if (logRole === 'create') stage.node.addDependency(createLogRole(scope));
  return stage;
}

/**
 * A log group's ARN as API Gateway documents it. The one that CloudFormation tells ends in `:*`, which WebSocket APIs
 * have been seen to refuse: https://github.com/serverless/serverless/issues/6304
 */
function plainArn(logGroup: LogGroup): string {
  return Stack.of(logGroup).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: logGroup.logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/**
 * Lets API Gateway write logs. Of this setting there is one for an account and region; without it no WebSocket API
 * can have access logs. It stays when the stack goes, since other APIs may have come to rely on it.
 * https://repost.aws/knowledge-center/api-gateway-cloudwatch-logs
 */
function createLogRole(scope: Construct): CfnAccount {
  const role = new Role(scope, 'LogRole', {
    assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
    managedPolicies: [
      ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
    ],
  });
  Validations.of(role).acknowledge({
    id: 'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    reason:
      'The setting serves all APIs of the account and region, so that the role can be no narrower than the policy that AWS keeps for it. No function has it.',
  });
  const account = new CfnAccount(scope, 'Account', { cloudWatchRoleArn: role.roleArn });
  role.applyRemovalPolicy(RemovalPolicy.RETAIN);
  account.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return account;
}
