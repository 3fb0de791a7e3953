import { Stack, Validations } from 'aws-cdk-lib';
import {
  ApiMapping,
  type CfnApi,
  DomainName,
  SecurityPolicy,
  WebSocketApi,
  type WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { createTokens, type Tokens } from './authentication.ts';
import { addWorker, createDeliveries, type Deliveries } from './deliveries.ts';
import type { Access } from './deployedFunctions.ts';
import { createFunctions } from './functions.ts';
import { addRoutes } from './routes.ts';
import { addSchedules } from './schedules.ts';
import { type CustomDomain, type Settings, withDefaults } from './settings.ts';
import { createStage, STAGE } from './stage.ts';
import { createTables, type Tables } from './tables.ts';
import { createWatching } from './watching.ts';

/**
 * The meeting backend as one construct, for use in any stack: two tables, a function for each kind of event, the WebSocket
 * API in front of them, the queue between them, their schedule, and what they are watched by. Whatever isn't chosen is as
 * `withDefaults` says.
 */
export class MeetingApi extends Construct {
  readonly tables: Tables;
  readonly deliveries: Deliveries;
  readonly api: WebSocketApi;
  readonly domain: DomainName | undefined;
  /** Whose tokens `$connect` asks for. */
  readonly tokens: Tokens;
  /** Where alarms go. Undefined: there are none. */
  readonly alarmTopic: ITopic | undefined;
  /** Where clients connect, and what `@connections` is below. */
  readonly urls: { readonly webSocket: string; readonly callback: string };

  constructor(scope: Construct, id: string, chosen: Partial<Settings> = {}) {
    super(scope, id);
    const settings = withDefaults(chosen);
    const { customDomain } = settings;
    this.tables = createTables(this, settings);
    this.deliveries = createDeliveries(this, settings.namePrefix);
    this.api = new WebSocketApi(this, 'Api', {
      apiName: settings.namePrefix,
      routeSelectionExpression: '$request.body.action',
    });
    this.urls = urlsOf(this.api, customDomain);
    this.tokens = createTokens(this, settings);
    const functions = createFunctions(this, {
      settings,
      tables: this.tables,
      callbackUrl: this.urls.callback,
      deliveryQueueUrl: this.deliveries.queue.queueUrl,
      tokenVariables: this.tokens.variables,
      grant: (role, access) => this.#grant(role, access),
    });
    addRoutes(this.api, functions);
    addSchedules(this, functions, settings.namePrefix);
    addWorker(this, functions, this.deliveries);

    const stage = createStage(this, this.api, settings);
    this.domain = customDomain && createDomain(this, customDomain, stage);
    const { api, tables, deliveries } = this;
    this.alarmTopic = createWatching(this, { settings, api, functions, tables, deliveries });
  }

  #grant(role: Role, { connections, meetings, manageConnections, deliveryQueue }: Access): void {
    grant(role, this.tables.connections.tableArn, prefixed('dynamodb', connections));
    grant(role, this.tables.meetings.tableArn, prefixed('dynamodb', meetings));
    grant(role, this.deliveries.queue.queueArn, prefixed('sqs', deliveryQueue));
    for (const method of manageConnections) this.#grantManagement(role, method);
  }

  #grantManagement(role: Role, method: string): void {
    const anyConnection = `${method}/@connections/*`;
    const resources = [this.api.arnForExecuteApiV2(anyConnection, STAGE)];
    role.addToPolicy(new PolicyStatement({ actions: ['execute-api:ManageConnections'], resources }));

    const apiId = Stack.of(this).resolve((this.api.node.defaultChild as CfnApi).logicalId);
    const finding = `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${apiId}>/${STAGE}/${anyConnection}`;
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${finding}]`,
      reason:
        'Connections come and go: their ids, which the * stands for, are known to no policy beforehand.',
    });
  }
}

function grant(role: Role, resource: string, actions: readonly string[]): void {
  if (actions.length === 0) return;
  role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
}

const prefixed = (service: string, actions: readonly string[]): readonly string[] =>
  actions.map((action) => `${service}:${action}`);

/** They name the stage as text: the stage itself comes after the routes, which come after what is told the URLs. */
function urlsOf(api: WebSocketApi, customDomain: CustomDomain | undefined): MeetingApi['urls'] {
  const { region, urlSuffix } = Stack.of(api);
  const address = customDomain?.name ?? `${api.apiId}.execute-api.${region}.${urlSuffix}/${STAGE}`;
  return { webSocket: `wss://${address}`, callback: `https://${address}` };
}

/** At the root of the domain, so that the path of an address isn't the stage. */
function createDomain(
  scope: Construct,
  { name, certificateArn }: CustomDomain,
  stage: WebSocketStage,
): DomainName {
  const domainName = new DomainName(scope, 'Domain', {
    domainName: name,
    certificate: Certificate.fromCertificateArn(scope, 'Certificate', certificateArn),
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  const mapping = new ApiMapping(scope, 'DomainMapping', { api: stage.api, stage, domainName });
  // It refers to the stage by its name alone, which exists before the stage does.
  mapping.node.addDependency(stage);
  return domainName;
}
