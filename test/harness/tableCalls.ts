/** A DynamoDB action as IAM sees it, on a table or one of its indexes (`TABLE/index/INDEX`). */
export type TableCall = { readonly action: string; readonly table: string };

type Named = { readonly TableName: string };
type Request = Partial<Named> & {
  readonly IndexName?: string;
  readonly TransactItems?: readonly Readonly<Record<string, Named>>[];
  readonly RequestItems?: Readonly<Record<string, unknown>>;
};

/**
 * What a request must be allowed to do. A transaction is authorized as the reads or writes in it, a batch as itself on
 * each of its tables. Throws for a request that names no table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export function tableCalls(operation: string, request: unknown): readonly TableCall[] {
  const { TableName, IndexName, TransactItems, RequestItems } = request as Request;
  if (TransactItems) return TransactItems.flatMap(Object.entries<Named>).map(transactionCall);
  if (RequestItems) return Object.keys(RequestItems).map((table) => ({ action: operation, table }));
  if (!TableName) throw new Error(`which table does ${operation} go to?`);
  return [{ action: operation, table: IndexName ? `${TableName}/index/${IndexName}` : TableName }];
}

function transactionCall([kind, { TableName }]: [string, Named]): TableCall {
  return { action: kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`, table: TableName };
}
