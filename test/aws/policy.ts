import { startDynamoProxy } from '../harness/dynamodbProxy.ts';

/** What a role or a function's permission allows. */
export type Policy = {
  readonly Statement: readonly {
    readonly Sid?: string;
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
  }[];
};

/** An action on a resource, as a policy would name them. */
export type Call = { readonly action: string; readonly resource: string };

/** Each action that a policy allows, on each resource. */
export function allowedCalls({ Statement }: Policy): readonly Call[] {
  return Statement.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) => [Resource].flat().map((resource) => ({ action, resource }))),
  );
}

/** Whether what is allowed covers a call; a `*` stands for anything. */
export function covers(allowed: Call, call: Call): boolean {
  return allowed.action === call.action && matchesArn(allowed.resource, call.resource);
}

/** Whether an ARN matches one that may have `*` in it. */
export function matchesArn(pattern: string, arn: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.$?+^()[\]{}|\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(arn);
}

/** A DynamoDB's address at which every call is noted. */
export type RecordingProxy = { readonly url: string; readonly calls: readonly Call[]; stop(): void };

/** Stands before a DynamoDB, passes everything on, and notes each call as IAM sees it. */
export async function startRecordingProxy(endpoint: string, tableArnPrefix: string): Promise<RecordingProxy> {
  const calls: Call[] = [];
  const proxy = await startDynamoProxy(endpoint, (request) => {
    for (const { action, table } of request.calls) {
      calls.push({ action: `dynamodb:${action}`, resource: `${tableArnPrefix}${table}` });
    }
    return { kind: 'pass' };
  });
  return { ...proxy, calls };
}
