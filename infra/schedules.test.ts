import { describe, expect, it } from 'vitest';
import { deployedFunctions } from './deployedFunctions.ts';
import { deploymentWith } from './deployment.testing.ts';

const { all, one } = deploymentWith();

const scheduled = Object.entries(deployedFunctions).flatMap(([name, { trigger, timeoutSeconds }]) =>
  trigger.kind === 'schedule' ? [{ name, ...trigger, timeoutSeconds }] : [],
);

describe('the schedules', () => {
  it('are of sweep alone, every five minutes', () => {
    expect(scheduled.map(({ name, everyMinutes }) => [name, everyMinutes])).toEqual([['sweep', 5]]);
    expect(all('AWS::Events::Rule')).toHaveLength(1);
  });

  it.each(scheduled)('invoke $name, which permits it to this rule alone', ({ name, everyMinutes }) => {
    const rule = one('AWS::Events::Rule', 'Name', `CloudMeetX-${name}`);
    expect(rule).toMatchObject({
      ScheduleExpression: `rate(${everyMinutes} minutes)`,
      State: 'ENABLED',
      Targets: [{ Arn: `<CloudMeetX-${name} Arn>` }],
    });
    expect(one('AWS::Lambda::Permission', 'FunctionName', `<CloudMeetX-${name} Arn>`)).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: `<CloudMeetX-${name} rule Arn>`,
    });
  });

  it.each(scheduled)('leave to the next time what failed or waited in $name', ({ name, ...schedule }) => {
    const { everyMinutes, timeoutSeconds } = schedule;
    expect(one('AWS::Lambda::EventInvokeConfig', 'FunctionName', `<CloudMeetX-${name}>`)).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: everyMinutes * 60,
      Qualifier: '$LATEST',
    });
    expect(timeoutSeconds).toBeLessThanOrEqual(everyMinutes * 60);
  });

  it('have names of their own in a second deployment', () => {
    const [rule, ...others] = deploymentWith({ namePrefix: 'Staging' }).all('AWS::Events::Rule');
    expect(others).toEqual([]);
    expect(rule?.Name).toBe('Staging-sweep');
  });
});
