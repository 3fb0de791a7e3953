import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { createAlarms } from './alarms.ts';
import { alarmTopicOf } from './alarmTopic.ts';
import { createDashboard } from './dashboard.ts';
import { createQueries } from './queries.ts';
import type { Watched } from './watched.ts';

/** Makes what people watch a deployment by, and returns where alarms go, if there are any. */
export function createWatching(scope: Construct, watched: Watched): ITopic | undefined {
  createQueries(scope, watched);
  const topic = alarmTopicOf(scope, watched.settings);
  const alarms = topic ? createAlarms(scope, watched, topic) : [];
  if (watched.settings.dashboard === 'on') createDashboard(scope, watched, alarms);
  return topic;
}
