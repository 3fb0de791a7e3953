/**
 * What a function may do: DynamoDB actions on either table, and methods of `@connections`.
 *
 * A transaction needs the permissions of the writes in it; there is none for TransactWriteItems itself:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export type Access = {
  readonly connections: readonly TableAction[];
  readonly meetings: readonly TableAction[];
  readonly manageConnections: readonly ManagementMethod[];
};

type TableAction = 'GetItem' | 'Query' | 'PutItem' | 'DeleteItem';
type ManagementMethod = 'POST' | 'DELETE';

/** `Meetings.leave`: the connection's row and its user's item are read, then removed or made anew together. */
const leaving = {
  connections: ['GetItem', 'DeleteItem'],
  meetings: ['GetItem', 'PutItem', 'DeleteItem'],
} as const;

/** Exactly what each function's code calls, through `src/aws`; a change there changes it here. */
export const functionAccess = {
  // Counts the meeting's members, writes its own rows and removes those it evicts, whom it tells and disconnects.
  onConnect: {
    connections: ['PutItem', 'DeleteItem'],
    meetings: ['Query', 'PutItem'],
    manageConnections: ['POST', 'DELETE'],
  },
  onDisconnect: { ...leaving, manageConnections: [] },
  // Finds sender and recipients, posts to them, and ends the membership of those that are gone.
  sendMessage: {
    connections: leaving.connections,
    meetings: [...leaving.meetings, 'Query'],
    manageConnections: ['POST'],
  },
  // Answers by what it returns.
  onDefault: { connections: [], meetings: [], manageConnections: [] },
} as const satisfies Record<string, Access>;
