import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What was called, how often, and the capacity units it took. */
export type Spent = {
  readonly calls: Readonly<Record<string, number>>;
  /** All units: those of writes and of reads. */
  readonly units: number;
  readonly readUnits: number;
};

/** Has a client's calls tell what they consume; returns what they have since it was last asked. */
export function recordCapacity(documents: DynamoDBDocumentClient): () => Spent {
  let calls: Record<string, number> = {};
  let units = 0;
  let readUnits = 0;
  documents.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const input = { ...args.input, ReturnConsumedCapacity: 'TOTAL' };
        const result = await next({ ...args, input: input as typeof args.input });
        const { ConsumedCapacity } = result.output as { ConsumedCapacity?: unknown };
        const name = commandName.replace(/(Item|Items)?Command$/, '');
        calls[name] = (calls[name] ?? 0) + 1;
        for (const consumed of [ConsumedCapacity].flat()) {
          const taken = (consumed as { CapacityUnits?: number } | undefined)?.CapacityUnits ?? Number.NaN;
          units += taken;
          if (/^(Get|Query|Scan|BatchGet|TransactGet)$/.test(name)) readUnits += taken;
        }
        return result;
      },
    { step: 'initialize', name: 'capacity' },
  );
  return () => {
    const spent = { calls, units, readUnits };
    calls = {};
    units = 0;
    readUnits = 0;
    return spent;
  };
}
