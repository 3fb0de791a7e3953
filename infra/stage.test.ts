import { describe, expect, it } from 'vitest';
import { deploymentWith } from './deployment.testing.ts';

const plain = deploymentWith();
const [stage] = plain.all('AWS::ApiGatewayV2::Stage');

const customDomain = {
  domainName: 'meet.example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/00000000-0000-4000-8000-000000000000',
};

describe('the stage', () => {
  it('deploys every change, is throttled, and pays for no metrics of each route', () => {
    expect(stage).toMatchObject({
      StageName: 'production',
      AutoDeploy: true,
      DefaultRouteSettings: {
        DetailedMetricsEnabled: false,
        ThrottlingRateLimit: 2000,
        ThrottlingBurstLimit: 1000,
      },
    });
  });

  it('is throttled as chosen', () => {
    const { all } = deploymentWith({ throttlingRate: '50', throttlingBurst: '20' });
    const [chosen] = all('AWS::ApiGatewayV2::Stage');
    expect(chosen?.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 50,
      ThrottlingBurstLimit: 20,
    });
  });

  it('logs who did what and how it went, and nothing that a client chose', () => {
    const { Format, DestinationArn } = (stage?.AccessLogSettings ?? {}) as {
      Format: string;
      DestinationArn: string;
    };
    expect(Object.values(JSON.parse(Format))).toEqual([
      '$context.requestId',
      '$context.requestTime',
      '$context.eventType',
      '$context.routeKey',
      '$context.connectionId',
      '$context.status',
      '$context.error.message',
      '$context.error.responseType',
      '$context.integration.status',
      '$context.integration.error',
      '$context.integration.latency',
    ]);
    const logGroup = '/aws/apigateway/CloudMeetX-production';
    expect(DestinationArn).toBe(
      `arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<${logGroup}>`,
    );
    expect(plain.one('AWS::Logs::LogGroup', 'LogGroupName', logGroup).RetentionInDays).toBe(30);
  });

  it('waits for the role that access logs need', () => {
    const [[, { DependsOn }] = ['', { DependsOn: undefined }]] = Object.entries(
      plain.template.findResources('AWS::ApiGatewayV2::Stage'),
    );
    expect(Object.keys(plain.template.findResources('AWS::ApiGateway::Account'))).toEqual(DependsOn);
  });

  it("leaves the account's role alone where one exists", () => {
    const { all } = deploymentWith({ logRole: 'existing' });
    expect(all('AWS::ApiGateway::Account')).toEqual([]);
    expect(all('AWS::ApiGatewayV2::Stage')).toEqual([stage]);
  });

  it('has its addresses and tables told', () => {
    expect(plain.outputs).toMatchObject({
      WebSocketUrl: 'wss://<api>.execute-api.<AWS::Region>.<AWS::URLSuffix>/production',
      CallbackUrl: 'https://<api>.execute-api.<AWS::Region>.<AWS::URLSuffix>/production',
      ConnectionsTableName: '<CloudMeetXConnections>',
      MeetingsTableName: '<CloudMeetXMeetings>',
    });
  });

  it('is at the root of a custom domain, by which the functions then answer', () => {
    const deployment = deploymentWith(customDomain);
    const [mapping] = deployment.all('AWS::ApiGatewayV2::ApiMapping');
    expect(mapping).toMatchObject({ ApiId: '<api>', Stage: 'production' });
    expect(mapping).not.toHaveProperty('ApiMappingKey');
    expect(deployment.referred(mapping?.DomainName)).toMatchObject({
      DomainName: 'meet.example.com',
      DomainNameConfigurations: [
        { CertificateArn: customDomain.certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ],
    });
    for (const { Environment } of deployment.all('AWS::Lambda::Function')) {
      expect(Environment).toMatchObject({ Variables: { CALLBACK_URL: 'https://meet.example.com' } });
    }
    expect(deployment.outputs).toMatchObject({
      WebSocketUrl: 'wss://meet.example.com',
      CallbackUrl: 'https://meet.example.com',
    });
  });
});
