import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Alarms, Settings } from './settings.ts';

/** Where alarms go. Undefined: there are to be none. */
export function alarmTopicOf(
  scope: Construct,
  { alarms, namePrefix }: Pick<Settings, 'alarms' | 'namePrefix'>,
): ITopic | undefined {
  switch (alarms.kind) {
    case 'off':
      return undefined;
    case 'existing-topic':
      return Topic.fromTopicArn(scope, 'AlarmTopic', alarms.topicArn);
    case 'own-topic':
      return createTopic(scope, alarms, namePrefix);
  }
}

/**
 * Not encrypted with a key of KMS: CloudWatch may not use the account's own for SNS, and another would cost more than
 * all alarms. They tell of counts and names of functions, and of nobody:
 * https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
 */
function createTopic(
  scope: Construct,
  { email }: Extract<Alarms, { kind: 'own-topic' }>,
  namePrefix: string,
): Topic {
  const topic = new Topic(scope, 'AlarmTopic', {
    topicName: `${namePrefix}-alarms`,
    displayName: `${namePrefix} alarms`,
    enforceSSL: true,
  });
  const { account } = Stack.of(scope);
  const anyAlarm = Stack.of(scope).formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  // A policy takes the place of the default one, which would let the account's alarms publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': anyAlarm } },
    }),
  );
  if (email !== undefined) topic.addSubscription(new EmailSubscription(email));
  return topic;
}
