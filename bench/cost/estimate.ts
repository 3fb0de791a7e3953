import { deployedFunctions } from '../../infra/deployedFunctions.ts';
import { HEARTBEAT_MS } from '../../src/client/timing.ts';
import { type Counts, countsAt, type Operation, type StoreCounts } from './counts.ts';
import { billedMs } from './durations.ts';
import type { Prices } from './prices.ts';

/** Meetings of one kind. */
export type Kind = {
  readonly people: number;
  readonly minutes: number;
  /** Of all of them together. */
  readonly chatsPerMinute: number;
  /** Offers, answers and candidates, in the whole meeting. */
  readonly signals: number;
  /** Each person's changes of microphone, camera and the like. */
  readonly updatesPerPerson: number;
  readonly meetingsPerMonth: number;
};

/** What one meeting uses of a service, and what that costs in dollars. */
export type Item = {
  readonly service: string;
  readonly what: string;
  readonly amount: number;
  readonly dollars: number;
};

/** Dollars by meeting, with where they go, and what is paid each month whoever meets. */
export type Estimate = {
  readonly items: readonly Item[];
  readonly perMeeting: number;
  readonly fixedItems: readonly Item[];
  readonly perMonth: number;
};

/** Log text of an invocation, with Lambda's own lines, API Gateway's access log and the metrics in it. An assumption. */
const LOGGED_BYTES = 1200;
/** What a line of the log takes in the table, and for how long. */
const STORED_BYTES = 700;
const STORED_MONTHS = 7 / 30;
/** Lambda asks a queue with five pollers, each for 20 s: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const IDLE_POLLS_A_MONTH = (5 * 30 * 86_400) / 20;
/** All that docs/metrics.md lists, without a dimension. */
const CUSTOM_METRICS = 12;
const MILLION = 1e6;

/** The function of each operation, and whether it holds its client to a rate and answers it. */
const functionOf = {
  connect: { name: 'onConnect', rate: undefined, replies: 0 },
  join: { name: 'join', rate: 'nowAndThen', replies: 1 },
  chat: { name: 'sendMessage', rate: 'nowAndThen', replies: 1 },
  signal: { name: 'sendMessage', rate: 'tenASecond', replies: 1 },
  update: { name: 'update', rate: 'nowAndThen', replies: 1 },
  leave: { name: 'leave', rate: 'nowAndThen', replies: 1 },
  disconnect: { name: 'onDisconnect', rate: undefined, replies: 0 },
} as const;

/** What the meetings of a kind cost. */
export function estimate(kind: Kind, counts: Counts, prices: Prices): Estimate {
  const used = usedByMeeting(kind, counts);
  // Of a client that sends nothing else: of others there are fewer.
  const pings = (kind.people * kind.minutes * 60_000) / HEARTBEAT_MS;
  const items: readonly Item[] = [
    item('API Gateway', 'messages', used.messages, prices.webSocketMessagesMillion / MILLION),
    item('API Gateway', 'pings and their answers', 2 * pings, prices.webSocketMessagesMillion / MILLION),
    item(
      ...(['API Gateway', 'connection minutes', kind.people * kind.minutes] as const),
      prices.connectionMinutesMillion / MILLION,
    ),
    item('Lambda', 'requests', used.invocations, prices.invocationsMillion / MILLION),
    item('Lambda', 'GB-seconds', used.gbSeconds, prices.gbSecond),
    item('DynamoDB', 'write request units', used.writeUnits, prices.writeUnitsMillion / MILLION),
    item('DynamoDB', 'read request units', used.readUnits, prices.readUnitsMillion / MILLION),
    item(
      'DynamoDB',
      'GB-months stored',
      (used.logged * STORED_BYTES * STORED_MONTHS) / 1e9,
      prices.storedGbMonth,
    ),
    item('CloudWatch', 'GB of logs', (used.invocations * LOGGED_BYTES) / 1e9, prices.loggedGb),
  ];
  const fixedItems = [
    item('SQS', 'polls of an empty queue', IDLE_POLLS_A_MONTH, prices.queueRequestsMillion / MILLION),
    item('CloudWatch', 'metrics', CUSTOM_METRICS, prices.customMetricMonth),
  ];
  const perMeeting = sum(items);
  return { items, perMeeting, fixedItems, perMonth: perMeeting * kind.meetingsPerMonth + sum(fixedItems) };
}

type Used = {
  readonly messages: number;
  readonly invocations: number;
  readonly gbSeconds: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly logged: number;
};

function usedByMeeting(kind: Kind, counts: Counts): Used {
  const { people, minutes } = kind;
  const chats = kind.chatsPerMinute * minutes;
  // They come one after the other, and go so.
  const sizes = Array.from({ length: people }, (_, n) => n + 1);
  const operations: readonly Used[] = [
    ...(['connect', 'join', 'leave', 'disconnect'] as const).flatMap((operation) =>
      sizes.map((size) => usedBy(operation, size, counts)),
    ),
    times(chats, usedBy('chat', people, counts)),
    times(kind.signals, usedBy('signal', people, counts)),
    times(kind.updatesPerPerson * people, usedBy('update', people, counts)),
  ];
  return { ...operations.reduce(plus), logged: chats + 2 * people };
}

const nothing: StoreCounts = { calls: 0, readUnits: 0, writeUnits: 0 };

function usedBy(operation: Operation, people: number, counts: Counts): Used {
  const { name, rate, replies } = functionOf[operation];
  const own = countsAt(counts, operation, people);
  const held = rate ? counts.rate[rate] : nothing;
  // Who is alone has nobody to tell; counted are two and more.
  const posts = Math.min(own.posts, people - 1);
  const memoryMb = deployedFunctions[name]?.memoryMb;
  if (memoryMb === undefined) throw new Error(`no function is ${name}`);
  const ms = billedMs({ calls: own.calls + held.calls, posts }, memoryMb);
  return {
    // A request is a message as its reply is; connecting and closing are none.
    messages: posts + 2 * replies,
    invocations: 1,
    gbSeconds: (ms / 1000) * (memoryMb / 1024),
    readUnits: own.readUnits + held.readUnits,
    writeUnits: own.writeUnits + held.writeUnits,
    logged: 0,
  };
}

const keys = ['messages', 'invocations', 'gbSeconds', 'readUnits', 'writeUnits', 'logged'] as const;

const made = (of: (key: keyof Used) => number): Used =>
  Object.fromEntries(keys.map((key) => [key, of(key)])) as Used;
const times = (factor: number, used: Used): Used => made((key) => factor * used[key]);
const plus = (one: Used, other: Used): Used => made((key) => one[key] + other[key]);

const item = (service: string, what: string, amount: number, price: number): Item => {
  return { service, what, amount, dollars: amount * price };
};

const sum = (items: readonly Item[]): number => items.reduce((total, { dollars }) => total + dollars, 0);
