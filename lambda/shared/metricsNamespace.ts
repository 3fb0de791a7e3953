import type { Environment } from './variables.ts';

/**
 * The namespace of a deployment's metrics in CloudWatch: what the names of its functions begin with, so that two
 * deployments of one account count by themselves. `CloudMeetX-join` → `CloudMeetX`
 */
export function metricsNamespace({ AWS_LAMBDA_FUNCTION_NAME: name = '' }: Environment): string {
  return /^(.+)-[^-]+$/.exec(name)?.[1] ?? 'CloudMeetX';
}
