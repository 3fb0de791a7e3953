// Plain data that imports nothing: the CDK app makes functions, routes, schedule and permissions of it, and
// `npm run test:lambda` runs the built functions by it and holds every call they make to what is granted here.

/**
 * What a function may do: DynamoDB actions on either table, methods of `@connections`, and SQS actions on the queue of
 * deliveries. What takes messages from it for a function does so with the function's own rights.
 *
 * A transaction needs the permissions of the writes in it; there is none for TransactWriteItems itself:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export type Access = {
  readonly connections: readonly TableAction[];
  readonly meetings: readonly TableAction[];
  readonly manageConnections: readonly ManagementMethod[];
  readonly deliveryQueue: readonly QueueAction[];
};

type TableAction = 'GetItem' | 'Query' | 'Scan' | 'PutItem' | 'UpdateItem' | 'DeleteItem';
type ManagementMethod = 'POST' | 'GET' | 'DELETE';
type QueueAction = 'SendMessage' | 'ReceiveMessage' | 'DeleteMessage' | 'GetQueueAttributes';

/** The route that invokes a function, and whether what it returns is sent to the client. */
export type FunctionRoute = {
  readonly kind: 'route';
  readonly key: string;
  readonly direction: 'one-way' | 'two-way';
};

/** The schedule that invokes a function. */
export type Schedule = { readonly kind: 'schedule'; readonly everyMinutes: number };

/** The queue whose messages invoke a function, so many at once at most. */
export type QueueTrigger = { readonly kind: 'queue'; readonly batchSize: number };

/** The authorizer of `$connect`. It invokes its function at each upgrade, and is there unless authentication is off. */
export type Authorizing = { readonly kind: 'authorizer' };

/** How a function is deployed. */
export type DeployedFunction = {
  readonly trigger: FunctionRoute | Schedule | QueueTrigger | Authorizing;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Who tells clients of STUN and TURN servers; nobody else needs the secret. */
  readonly tells?: 'ice-servers';
  /** Exactly what its code calls, through `src/aws`; a change there changes it here. */
  readonly access: Access;
};

const small = { memoryMb: 256, timeoutSeconds: 10 } as const;
// A fan-out is work for the processor, whose share grows with the memory, and takes the longer the larger the meeting.
const large = { memoryMb: 512, timeoutSeconds: 30 } as const;

/** A route whose client hears nothing of what the function returns. */
export const oneWay = (key: string) => ({ kind: 'route', key, direction: 'one-way' }) as const;

/** A route whose client is sent what the function returns. */
export const twoWay = (key: string) => ({ kind: 'route', key, direction: 'two-way' }) as const;

const nothing: Access = { connections: [], meetings: [], manageConnections: [], deliveryQueue: [] };

/** `RateLimit.take`, and parting with whoever floods. */
const admitting: Access = {
  ...nothing,
  connections: ['UpdateItem'],
  manageConnections: ['POST', 'DELETE'],
};

/** `Meetings.find`: whoever sends something is looked up by its row. */
const finding: Access = { ...nothing, connections: ['GetItem'] };

/** Whatever a client asks for. */
const asking: Access = together(admitting, finding);

/** `Meetings.head` and `entries`: reading makes the log's head where there is none, and seals holes by voids. */
const reading: Access = { ...nothing, meetings: ['GetItem', 'Query', 'PutItem', 'UpdateItem'] };

/** A user's item and a connection's row change together, and with them the log, whose seq is taken before. */
const changing: Access = {
  ...nothing,
  connections: ['PutItem'],
  meetings: ['GetItem', 'PutItem', 'UpdateItem'],
};

/** `Meetings.leave`: the same for a connection that goes. */
const leaving: Access = {
  ...nothing,
  connections: ['DeleteItem'],
  meetings: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
};

/**
 * The members are found and posted to, those that turn out to be gone leave, and what is for many or has failed is handed
 * over.
 */
const announcing: Access = together(leaving, {
  ...nothing,
  meetings: ['Query'],
  manageConnections: ['POST'],
  deliveryQueue: ['SendMessage'],
});

/** A connection that others gave way to: they are removed, told and disconnected. */
const arriving: Access = together(changing, announcing, { ...nothing, manageConnections: ['DELETE'] });

/** `Meetings.remove`: a user goes with all their connections, may not come back for a while, and is told and cut off. */
const removing: Access = together(announcing, { ...nothing, manageConnections: ['DELETE'] });

/** The functions of a deployment, by the names of their folders in `lambda/`. */
export const deployedFunctions: Readonly<Record<string, DeployedFunction>> = {
  onConnect: { trigger: oneWay('$connect'), ...small, access: arriving },
  onDisconnect: { trigger: oneWay('$disconnect'), ...small, access: together(finding, announcing) },
  onDefault: { trigger: twoWay('$default'), ...small, access: admitting },
  sendMessage: { trigger: twoWay('sendMessage'), ...large, access: together(asking, announcing) },
  join: {
    trigger: twoWay('join'),
    ...large,
    tells: 'ice-servers',
    access: together(asking, arriving, reading),
  },
  update: { trigger: twoWay('update'), ...small, access: together(asking, announcing) },
  history: { trigger: twoWay('history'), ...small, access: together(asking, reading) },
  participants: { trigger: twoWay('participants'), ...small, access: together(asking, reading) },
  leave: { trigger: twoWay('leave'), ...small, access: together(asking, announcing) },
  remove: { trigger: twoWay('remove'), ...large, access: together(asking, removing) },
  lock: { trigger: twoWay('lock'), ...small, access: together(asking, announcing) },
  unlock: { trigger: twoWay('unlock'), ...small, access: together(asking, announcing) },
  // Whoever knows the address can have it invoked, so that it may do nothing but log.
  authorize: { trigger: { kind: 'authorizer' }, ...small, access: nothing },
  // Messages come again if they haven't been dealt with after six times this timeout, which is for how long a worker that
  // died is waited for: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  deliver: {
    trigger: { kind: 'queue', batchSize: 4 },
    // A whole processor: it works as long as it runs, and so costs the same with any share.
    memoryMb: 1769,
    timeoutSeconds: 15,
    access: together(announcing, {
      ...nothing,
      manageConnections: ['DELETE'],
      deliveryQueue: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'],
    }),
  },
  // As long as until the next one begins.
  sweep: {
    trigger: { kind: 'schedule', everyMinutes: 5 },
    memoryMb: 512,
    timeoutSeconds: 300,
    access: together(announcing, { ...nothing, connections: ['Scan'], manageConnections: ['GET'] }),
  },
};

/** All that any of them grants, each thing once. */
function together(...granted: readonly Access[]): Access {
  return {
    connections: [...new Set(granted.flatMap(({ connections }) => connections))],
    meetings: [...new Set(granted.flatMap(({ meetings }) => meetings))],
    manageConnections: [...new Set(granted.flatMap(({ manageConnections }) => manageConnections))],
    deliveryQueue: [...new Set(granted.flatMap(({ deliveryQueue }) => deliveryQueue))],
  };
}
