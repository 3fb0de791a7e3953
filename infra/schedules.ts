import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { TriggeredFunction } from './functions.ts';

/**
 * Invokes by time what is to be. What fails isn't tried again, and what couldn't begin until the next time is
 * dropped: the next time does the same work.
 */
export function addSchedules(
  scope: Construct,
  functions: readonly TriggeredFunction[],
  namePrefix: string,
): void {
  for (const { trigger, handler } of functions) {
    if (trigger.kind !== 'schedule') continue;
    const interval = Duration.minutes(trigger.everyMinutes);
    handler.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: interval });
    new Rule(scope, `${handler.node.id}Schedule`, {
      ruleName: `${namePrefix}-${handler.node.id}`,
      description: `Invokes ${namePrefix}-${handler.node.id}`,
      schedule: Schedule.rate(interval),
      // Permits this rule alone to invoke it.
      targets: [new FunctionTarget(handler)],
    });
  }
}
