// Plain data that imports nothing: the CDK app makes functions, routes and permissions of it, and `npm run test:lambda` runs
// the built functions by it and holds every call they make to what is granted here.

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

/** The route that invokes a function, and whether what it returns is sent to the client. */
export type FunctionRoute = { readonly key: string; readonly direction: 'one-way' | 'two-way' };

/** How a function is deployed. */
export type DeployedFunction = {
  readonly route: FunctionRoute;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Exactly what its code calls, through `src/aws`; a change there changes it here. */
  readonly access: Access;
};

const small = { memoryMb: 256, timeoutSeconds: 10 } as const;
// A fan-out is work for the processor, whose share grows with the memory, and takes the longer the larger the meeting.
const large = { memoryMb: 512, timeoutSeconds: 30 } as const;

/** `Meetings.leave`: the connection's row and its user's item are read, then removed or made anew together. */
const leaving = {
  connections: ['GetItem', 'DeleteItem'],
  meetings: ['GetItem', 'PutItem', 'DeleteItem'],
} as const;

/** The functions of a deployment, by the names of their folders in `lambda/`. */
export const deployedFunctions: Readonly<Record<string, DeployedFunction>> = {
  // Counts the meeting's members, writes its own rows and removes those it evicts, whom it tells and disconnects.
  onConnect: {
    route: { key: '$connect', direction: 'one-way' },
    ...small,
    access: {
      connections: ['PutItem', 'DeleteItem'],
      meetings: ['Query', 'PutItem'],
      manageConnections: ['POST', 'DELETE'],
    },
  },
  onDisconnect: {
    route: { key: '$disconnect', direction: 'one-way' },
    ...small,
    access: { ...leaving, manageConnections: [] },
  },
  // Finds sender and recipients, posts to them, and ends the membership of those that are gone.
  sendMessage: {
    route: { key: 'sendMessage', direction: 'two-way' },
    ...large,
    access: {
      connections: leaving.connections,
      meetings: [...leaving.meetings, 'Query'],
      manageConnections: ['POST'],
    },
  },
  // Answers by what it returns.
  onDefault: {
    route: { key: '$default', direction: 'two-way' },
    ...small,
    access: { connections: [], meetings: [], manageConnections: [] },
  },
};
