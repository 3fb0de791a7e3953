import { type Context, isGiven, matching, oneOf } from './contextValues.ts';
import { type Alarms, SetupError } from './settings.ts';

/** Reads and checks whether there are alarms, and where they go. Throws a {@link SetupError}. */
export function readAlarms(context: Context): Alarms {
  const alarms = oneOf(context, 'alarms', ['on', 'off'], 'on');
  const [given, ...others] = ['alarmTopicArn', 'alarmEmail'].filter((name) => isGiven(context, name));
  if (given && alarms === 'off') {
    throw new SetupError(`${given} is given, but alarms is "off": leave out one of them.`);
  }
  if (others.length > 0) {
    throw new SetupError(
      'alarmTopicArn and alarmEmail are given: leave out one of them. A topic that exists has subscriptions of its own.',
    );
  }
  if (alarms === 'off') return { kind: 'off' };
  if (given === 'alarmTopicArn') {
    return { kind: 'existing-topic', topicArn: matching(context, given, '', topicArn) };
  }
  return { kind: 'own-topic', email: given && matching(context, given, '', email) };
}

const topicArn = {
  pattern: /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/,
  words: 'the ARN of a standard topic of SNS in the region of the stack',
};
const email = { pattern: /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/, words: 'one e-mail address' };
