import { describe, expect, it } from 'vitest';
import { deployedFunctions } from './deployedFunctions.ts';
import { deploymentWith } from './deployment.testing.ts';

const { all, one } = deploymentWith();
const workers = Object.entries(deployedFunctions).flatMap(([name, { trigger, ...deployed }]) =>
  trigger.kind === 'queue' ? [{ name, ...trigger, ...deployed }] : [],
);
const queue = one('AWS::SQS::Queue', 'QueueName', 'CloudMeetXDeliveries');
const deadLetters = one('AWS::SQS::Queue', 'QueueName', 'CloudMeetXDeadDeliveries');

describe('the queue of deliveries', () => {
  it('invokes deliver alone, with so many messages, and hears which of them are to come again', () => {
    expect(workers.map(({ name }) => name)).toEqual(['deliver']);
    expect(all('AWS::Lambda::EventSourceMapping')).toEqual(
      workers.map(({ name, batchSize }) => ({
        BatchSize: batchSize,
        EventSourceArn: '<CloudMeetXDeliveries Arn>',
        FunctionName: `<CloudMeetX-${name}>`,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      })),
    );
  });

  it.each(workers)('waits for $name six times as long as that may take', ({ timeoutSeconds }) => {
    expect(queue.VisibilityTimeout).toBe(6 * timeoutSeconds);
  });

  it('lays aside, for people to see, what has come five times', () => {
    expect(queue.RedrivePolicy).toEqual({
      deadLetterTargetArn: '<CloudMeetXDeadDeliveries Arn>',
      maxReceiveCount: 5,
    });
    const { VisibilityTimeout, MessageRetentionPeriod } = queue as Record<string, number>;
    expect(MessageRetentionPeriod).toBeGreaterThan(5 * Number(VisibilityTimeout));
    expect(deadLetters.MessageRetentionPeriod).toBe(4 * 86_400);
  });

  it('keeps what is said encrypted, and takes it over TLS alone', () => {
    expect([queue.SqsManagedSseEnabled, deadLetters.SqsManagedSseEnabled]).toEqual([true, true]);
    expect(all('AWS::SQS::QueuePolicy').map(({ PolicyDocument }) => PolicyDocument)).toEqual(
      Array(2).fill(
        expect.objectContaining({
          Statement: [
            expect.objectContaining({
              Effect: 'Deny',
              Action: 'sqs:*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ],
        }),
      ),
    );
  });

  it('has names of its own in a second deployment', () => {
    const names = deploymentWith({ namePrefix: 'Staging' })
      .all('AWS::SQS::Queue')
      .map(({ QueueName }) => QueueName);
    expect(names.sort()).toEqual(['StagingDeadDeliveries', 'StagingDeliveries']);
  });
});
