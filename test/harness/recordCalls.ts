import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Records the names of the commands that a client sends. */
export function recordCalls(documents: DynamoDBDocumentClient): string[] {
  const calls: string[] = [];
  documents.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        calls.push(String(commandName));
        return next(args);
      },
    { step: 'initialize', name: 'calls' },
  );
  return calls;
}
