import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

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
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const operation = String(incoming.headers['x-amz-target']).replace(/^DynamoDB_\d+\./, '');
    for (const { action, table } of authorized(operation, JSON.parse(String(body)))) {
      calls.push({ action: `dynamodb:${action}`, resource: `${tableArnPrefix}${table}` });
    }
    const forwarded = request(endpoint, { method: 'POST', headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

type DynamoRequest = {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName: string }>>[];
};

/**
 * A transaction is authorized as the writes in it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
function authorized(operation: string, { TableName, IndexName, TransactItems }: DynamoRequest) {
  if (!TransactItems) {
    return [{ action: operation, table: IndexName ? `${TableName}/index/${IndexName}` : TableName }];
  }
  return TransactItems.flatMap((item) =>
    Object.entries(item).map(([kind, write]) => ({
      action: kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`,
      table: write.TableName,
    })),
  );
}
