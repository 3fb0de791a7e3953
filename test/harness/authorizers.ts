import type { AuthorizerEvent } from '../../src/gateway/events.ts';

/** What an authorizer returns to admit the principal `user`, or to turn it away. */
export function policyFor(
  { methodArn }: Pick<AuthorizerEvent, 'methodArn'>,
  {
    effect = 'Allow',
    context,
  }: { effect?: 'Allow' | 'Deny'; context?: Readonly<Record<string, unknown>> } = {},
) {
  const statement = { Action: 'execute-api:Invoke', Effect: effect, Resource: methodArn };
  return {
    principalId: 'user',
    policyDocument: { Version: '2012-10-17', Statement: [statement] },
    ...(context && { context }),
  };
}
