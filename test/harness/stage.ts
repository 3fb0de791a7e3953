import { randomUUID } from 'node:crypto';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { expect, onTestFinished, type TestContext } from 'vitest';
import type { Clock } from '../../src/gateway/clock.ts';
import type { MessageEvent } from '../../src/gateway/events.ts';
import type { Gateway } from '../../src/gateway/Gateway.ts';
import type { Routes } from '../../src/gateway/routes.ts';
import type { ProbeReport } from '../probe/probe.ts';
import { startGateway, type TestGateway } from './gateway.ts';
import { clockOfSignatures, connectionsApi, managementClient } from './managementApi.ts';
import { testRoutes } from './meetingGateway.ts';
import { probeRoutes } from './probeGateway.ts';
import { RawClient, type UpgradeRequest } from './RawClient.ts';
import { TestClient, type TestClientOptions } from './TestClient.ts';

/** Query parameters of an upgrade. */
export type Query = Readonly<Record<string, string>>;

/** A client, and the connectionId by which its stage knows it. */
type KnownClient = { readonly client: TestClient; readonly connectionId: string };

/**
 * A stage whose conformance is tested: one of our gateway in this process, where a clock is moved, or one that is
 * deployed (`npm run test:deployed`), where time passes. Whatever connects is cut off when the test is finished.
 */
export type Stage = {
  /** The URL with what the stage demands of a query, and this added. */
  url(query?: Query): string;
  connect(query?: Query, options?: TestClientOptions): Promise<TestClient>;
  open(query?: Query, request?: UpgradeRequest): Promise<RawClient>;
  connectKnown(query?: Query, options?: TestClientOptions): Promise<KnownClient>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** How exactly a moment can be told: here to 1 ms, of a deployed stage as given. */
  margin(deployedMs: number): number;
  /** Skips the test of a deployed stage if it takes longer than `MAX_WAIT_MINUTES` (0 unless set). */
  takes(minutes: number): void;
  /** The AWS SDK's client of `@connections`; skips the test where there is no address or no key. */
  connectionsApi(changes?: ApiChanges): Promise<ApiGatewayManagementApiClient>;
  /** The address of `@connections`, stage included; skips the test where it isn't known. */
  callbackUrl(): string;
};

/** What a call of `@connections` may do otherwise than a well-behaved backend. */
type ApiChanges = {
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** What watches a connection of the probe's API. */
export type Watcher = {
  /** To be added to the query of whom it watches. */
  readonly query: Query;
  /** The next report that hasn't been asked for yet. */
  next(): Promise<ProbeReport>;
};

const { TARGET, GATEWAY_URL, PROBE_URL, CALLBACK_URL, PROBE_CALLBACK_URL } = process.env;

/** CloudMeetX's own API: here, or at `GATEWAY_URL`. */
export async function meetingStage(test: TestContext): Promise<Stage> {
  const query = { meetingId: `conformance-${randomUUID()}`, userId: 'conformance' };
  if (TARGET !== 'deployed') return stageHere(testRoutes, { query, introduce });
  const url = GATEWAY_URL ?? test.skip('needs GATEWAY_URL');
  return stageAt(test, url, { query, introduce, callback: { url: CALLBACK_URL, variable: 'CALLBACK_URL' } });
}

/** The probe's API: here, or at `PROBE_URL`. */
export async function probeStage(test: TestContext): Promise<Stage> {
  const access = { query: {}, introduce: introduceToProbe };
  if (TARGET !== 'deployed') return stageHere(probeRoutes, access);
  const url = PROBE_URL ?? test.skip('needs PROBE_URL, of the probe');
  const callback = { url: PROBE_CALLBACK_URL, variable: 'PROBE_CALLBACK_URL' };
  return stageAt(test, url, { ...access, callback });
}

/** A connection to the probe's API that is told what happens to others. */
export async function watch(stage: Stage): Promise<Watcher> {
  const { client, connectionId } = await stage.connectKnown();
  return {
    query: { watcher: connectionId },
    next: async () => JSON.parse(await client.nextText()) as ProbeReport,
  };
}

/** The event that the probe got of a message. */
export async function eventOf(client: TestClient, message: object = {}): Promise<MessageEvent> {
  client.send({ action: 'event', ...message });
  return JSON.parse(await client.nextText()) as MessageEvent;
}

/**
 * Resolves when a client has got nothing that it was not to get: routes run in parallel, so a first answer may overtake
 * what was asked for before it, and a second is asked for when the first has come.
 */
export async function hearsNothing(client: TestClient): Promise<void> {
  for (let times = 0; times < 2; times++) expect(await eventOf(client)).toHaveProperty('body');
}

type Access = {
  /** What the stage demands of each upgrade. */
  readonly query: Query;
  /** Finds out by which connectionId the stage knows a client. */
  readonly introduce: (client: TestClient) => Promise<string>;
};

type Time = Pick<Stage, 'pass' | 'margin' | 'takes'>;
type Api = Pick<Stage, 'connectionsApi' | 'callbackUrl'>;

async function stageHere(
  routes: (gateway: () => Gateway, clock: Clock) => Routes,
  access: Access,
): Promise<Stage> {
  const clock = clockOfSignatures();
  const started: TestGateway = await startGateway({
    clock,
    connectionsApi,
    routes: routes(() => started.gateway, clock),
  });
  const callbackUrl = started.url.replace('ws:', 'http:');
  return {
    ...clientsOf(started.url, access),
    pass: async (ms) => clock.advance(ms),
    margin: () => 1,
    takes() {},
    callbackUrl: () => callbackUrl,
    connectionsApi: async (changes) => managementClient(started.url, changes),
  };
}

function stageAt(
  test: TestContext,
  url: string,
  { callback, ...access }: Access & { readonly callback: Callback },
): Stage {
  return { ...clientsOf(url, access), ...realTime(test), ...deployedApi(test, callback) };
}

type Callback = { readonly url: string | undefined; readonly variable: string };

function deployedApi(test: TestContext, { url, variable }: Callback): Api {
  const callbackUrl = () => url ?? test.skip(`needs ${variable}, and credentials of AWS`);
  return {
    callbackUrl,
    async connectionsApi(changes) {
      const endpoint = callbackUrl();
      const region = /\.execute-api\.([\w-]+)\./.exec(endpoint)?.[1] ?? process.env.AWS_REGION;
      const api = new ApiGatewayManagementApiClient({
        endpoint,
        maxAttempts: 1,
        ...(region !== undefined && { region }),
        ...changes,
      });
      await api.config
        .credentials()
        .catch((error) => test.skip(`needs credentials of AWS: ${error.message}`));
      return api;
    },
  };
}

function realTime(test: TestContext): Time {
  return {
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    margin: (deployedMs) => deployedMs,
    takes(minutes) {
      const mostMinutes = Number(process.env.MAX_WAIT_MINUTES ?? 0);
      if (minutes > mostMinutes) test.skip(`takes ${minutes} minutes: MAX_WAIT_MINUTES=${minutes} allows it`);
    },
  };
}

function clientsOf(base: string, access: Access): Pick<Stage, 'url' | 'connect' | 'open' | 'connectKnown'> {
  const url = (query: Query = {}): string => {
    const full = new URL(base);
    for (const [name, value] of Object.entries({ ...access.query, ...query }))
      full.searchParams.set(name, value);
    return full.href;
  };
  const connect = async (query: Query = {}, options: TestClientOptions = {}) => {
    const client = await TestClient.connect(url(query), options);
    onTestFinished(() => client.socket.terminate());
    return client;
  };
  return {
    url,
    connect,
    open: (query = {}, request = {}) => RawClient.open(url(query), request),
    async connectKnown(query, options) {
      const client = await connect(query, options);
      return { client, connectionId: await access.introduce(client) };
    },
  };
}

/** Whoever writes to themselves reads from whom. The frame and the ack come in any order. */
async function introduce(client: TestClient): Promise<string> {
  const targetUserId = new URL(client.socket.url).searchParams.get('userId');
  client.send({ action: 'sendMessage', targetUserId, data: 'who am I?' });
  const frames = [await client.next(), await client.next()];
  const from = frames.find((frame) => 'from' in frame)?.from as { readonly connectionId: string };
  return from.connectionId;
}

async function introduceToProbe(client: TestClient): Promise<string> {
  return (await eventOf(client)).requestContext.connectionId;
}
