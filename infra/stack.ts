import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { OFF } from './authentication.ts';
import { MeetingApi } from './MeetingApi.ts';
import type { Settings } from './settings.ts';

/** A whole deployment: one {@link MeetingApi}, and as outputs what people need to know of it. */
export class CloudMeetXStack extends Stack {
  constructor(scope: Construct, id: string, settings: Partial<Settings> = {}) {
    super(scope, id, { description: 'CloudMeetX: the real-time backend of a video-conferencing product' });
    const { urls, tables, deliveries, domain, tokens, alarmTopic } = new MeetingApi(
      this,
      'MeetingApi',
      settings,
    );

    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output('WebSocketUrl', urls.webSocket, 'Where clients connect, with ?meetingId=…');
    output('CallbackUrl', urls.callback, 'What @connections is below, for the backend');
    output('ConnectionsTableName', tables.connections.tableName, 'The table of connections');
    output('MeetingsTableName', tables.meetings.tableName, 'The table of meetings');
    output('DeliveryQueueUrl', deliveries.queue.queueUrl, 'The queue of what is yet to be sent');
    output(
      'DeadDeliveryQueueUrl',
      deliveries.deadLetters.queueUrl,
      'What could not be dealt with, for people',
    );
    output('Authentication', tokens.issuer ?? OFF, 'Whose tokens $connect asks for');
    if (tokens.userPool) {
      const { id, clientIds } = tokens.userPool;
      output('UserPoolId', id, 'The user pool whose users may connect');
      output('UserPoolClientId', clientIds, 'The client by which they get tokens');
    }
    if (alarmTopic) output('AlarmTopicArn', alarmTopic.topicArn, 'Where alarms go: subscribe to it');
    if (domain) {
      output('DomainTarget', domain.regionalDomainName, 'What the DNS record of the domain must point at');
      output(
        'DomainTargetZoneId',
        domain.regionalHostedZoneId,
        "The hosted zone of DomainTarget, for Route 53's aliases",
      );
    }
  }
}
