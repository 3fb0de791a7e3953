import { expect, onTestFinished } from 'vitest';
import type { Environment } from '../../lambda/shared/variables.ts';
import type { HttpTimeouts } from '../../local/httpServer.ts';
import type { Clock } from '../../src/gateway/clock.ts';
import type { Meetings } from '../../src/meeting/ports.ts';
import type { Participant } from '../../src/protocol/participants.ts';
import type { Trouble } from './conditions.ts';
import type { LogKeeper, LogLine } from './LogKeeper.ts';
import { startLambdaBackend } from './lambdaBackend.ts';
import { startLocalBackend } from './localBackend.ts';
import { strayLines } from './logLines.ts';
import { type Frame, TestClient, type TestClientOptions } from './TestClient.ts';

type Query = Readonly<Record<string, string>>;

/** A backend under test, wherever its handlers run. */
export type BackendUnderTest = {
  /** `ws://HOST:PORT/STAGE`, without a query. */
  readonly webSocketUrl: string;
  readonly log: LogKeeper;
  /** The store itself, to look into and to plant something in. */
  readonly meetings: Meetings;
  /** What the handlers have asked their store for, in its order: calls of `Meetings`, or requests to DynamoDB. */
  readonly storeCalls: readonly string[];
  /** Makes every call of the handlers to the store wait, fail, or work again. */
  readonly setStore: (state: StoreState) => void;
  stop(): Promise<void>;
};

/** What a welcome has for certain, once a test has seen that it is one. */
export type Welcome = Frame & {
  readonly self: { readonly connectionId: string };
  readonly participants: readonly Participant[];
  readonly log: {
    readonly epoch: string;
    readonly seq: number;
    readonly entries: readonly Frame[];
    readonly more: boolean;
    readonly recovered: boolean;
  };
};

/** How a store behaves. */
export type StoreState = 'working' | 'failing' | 'stalled';

/** What a test may ask for beside environment variables. */
export type BackendOptions = {
  readonly pingIntervalMs?: number;
  /** What the gateway counts connections' lives by. */
  readonly clock?: Clock;
  /** On one machine: how long a client may take with its request. */
  readonly httpTimeouts?: HttpTimeouts;
  /** On one machine: where the built page is. */
  readonly pageFolder?: string;
  /** With the functions: other trouble than is usual under the conditions of the run. */
  readonly trouble?: Trouble;
  /** With the functions: what becomes of a function's request to `@connections`; it is cut with all that are under way. */
  readonly onPost?: ((functionName: string, method: string) => 'pass' | 'cut') | undefined;
  /** With the functions: by how much earlier every connection is said to have connected than it did. */
  readonly connectedEarlierMs?: number;
};

/** Where the handlers run: `npm run test:lambda` sets `TARGET=lambda`. */
export const target: 'local' | 'lambda' = process.env.TARGET === 'lambda' ? 'lambda' : 'local';

/** A backend with the ways that tests talk to it. */
export type TestServer = BackendUnderTest & {
  readonly logged: readonly LogLine[];
  /** The first log line with these fields, as soon as it's there. */
  logLine(fields: LogLine): Promise<LogLine>;
  /** The URL with this query. */
  url(query: Query): string;
  /** Connects as alice, bob, …, to the meeting "standup" unless told otherwise. */
  connect(userId: string, query?: Query, options?: TestClientOptions): Promise<TestClient>;
  /** Connects as a v1 client, which has yet to join. */
  connectV1(userId: string, query?: Query): Promise<TestClient>;
  /** Connects as a v1 client and joins, with what else the join should say. */
  join(userId: string, join?: Frame, query?: Query): Promise<{ client: TestClient; welcome: Welcome }>;
  /** Connects, and tells by which connectionId the server knows the client. */
  connectKnown(userId: string, query?: Query): Promise<{ client: TestClient; connectionId: string }>;
};

/**
 * Starts the backend with this environment, on a free port, until the test is finished: what `npm start` runs, in the
 * test's own process; or the built functions behind the gateway, with a DynamoDB.
 */
export async function startTestServer(
  env: Environment = {},
  options: BackendOptions = {},
): Promise<TestServer> {
  const start = target === 'lambda' ? startLambdaBackend : startLocalBackend;
  const backend = await start(env, options);
  const { webSocketUrl, log } = backend;
  onTestFinished(async () => {
    await backend.stop();
    expect(strayLines(log.lines), 'lines that lambda/shared/logEvents.ts does not list').toEqual([]);
  });

  const url = (query: Query) => [webSocketUrl, new URLSearchParams(query)].filter(String).join('?');
  const connect = (userId: string, query: Query = {}, clientOptions: TestClientOptions = {}) =>
    TestClient.connect(
      url({ meetingId: 'standup', userId, userName: nameOf(userId), ...query }),
      clientOptions,
    );
  const connectV1 = (userId: string, query: Query = {}) =>
    connect(userId, query, { protocols: ['cloudmeetx.v1'] });
  return {
    ...backend,
    connectV1,
    async join(userId, join = {}, query = {}) {
      const client = await connectV1(userId, query);
      return { client, welcome: (await client.replyTo({ action: 'join', ...join })) as Welcome };
    },
    logged: log.lines,
    logLine: (fields) => log.line(fields),
    url,
    connect,
    async connectKnown(userId, query = {}) {
      const before = log.lines.length;
      const client = await connect(userId, query);
      const { connectionId } = await log.line({ event: 'connected', userId }, before);
      return { client, connectionId: String(connectionId) };
    },
  };
}

const nameOf = (userId: string): string => userId.slice(0, 1).toUpperCase() + userId.slice(1);
