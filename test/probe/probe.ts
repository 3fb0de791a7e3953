import type { ConnectEvent, DisconnectEvent, MessageEvent } from '../../src/gateway/events.ts';

/** What became of a post to a connection. */
export type PostOutcome = 'sent' | 'gone' | 'failed';

/** What the probe needs of where it runs. */
export type ProbePorts = {
  /** Sends a text to a connection of the event's own API and stage. Never rejects. */
  readonly post: (event: ProbeEvent, connectionId: string, text: string) => Promise<PostOutcome>;
  /** Who watches which connection: `$disconnect` comes without the query that named the watcher. */
  readonly watchers: {
    readonly keep: (connectionId: string, watcher: string) => Promise<void>;
    readonly find: (connectionId: string) => Promise<string | undefined>;
  };
  readonly sleep: (ms: number) => Promise<void>;
};

/** Any event of the probe's API. */
export type ProbeEvent = ConnectEvent | MessageEvent | DisconnectEvent;

/** What a watcher is told of a connection, in a frame of its own. */
export type ProbeReport =
  | { readonly event: ConnectEvent; readonly postToItself: PostOutcome }
  | { readonly event: DisconnectEvent };

/**
 * What an invocation is asked to do: as the query parameter `play` of a connection, as the field `play` of a message.
 * It sleeps, then throws or returns. Without `result` it returns a 200, with `bytes` one with a body of so many.
 */
export type Play = {
  readonly sleepMs?: number;
  readonly throws?: string;
  readonly result?: unknown;
  readonly bytes?: number;
};

/**
 * The integration of every route of the probe's API, which shows a client what functions see and does what the client
 * asks of it:
 *
 * - `$connect?play=…&watcher=…` posts its event to the connection `watcher`, then does what `play` says;
 * - `$disconnect` posts its event to the watcher of its connection, if it has one;
 * - the two-way route `event` returns its event; `play` (two-way) and `quiet` (one-way) do what their message says.
 *
 * There is no `$default`. Whoever knows the address may use it: deploy it for as long as it is needed.
 */
export function createProbe(ports: ProbePorts): (event: ProbeEvent) => Promise<unknown> {
  return async (event) => {
    if (isConnect(event)) return connect(event, ports);
    if (isMessage(event)) return answer(event, ports);
    return disconnect(event, ports);
  };
}

const isConnect = (event: ProbeEvent): event is ConnectEvent => event.requestContext.eventType === 'CONNECT';
const isMessage = (event: ProbeEvent): event is MessageEvent => event.requestContext.eventType === 'MESSAGE';

async function connect(event: ConnectEvent, { post, watchers, sleep }: ProbePorts): Promise<unknown> {
  const { watcher, play } = event.queryStringParameters ?? {};
  const { connectionId } = event.requestContext;
  if (watcher !== undefined) {
    await watchers.keep(connectionId, watcher);
    const postToItself = await post(event, connectionId, 'too early');
    await report(event, watcher, { event, postToItself }, post);
  }
  return perform(play === undefined ? {} : (JSON.parse(play) as Play), sleep);
}

async function answer(event: MessageEvent, { sleep }: ProbePorts): Promise<unknown> {
  if (event.requestContext.routeKey === 'event') return { statusCode: 200, body: JSON.stringify(event) };
  const { play = {} } = JSON.parse(event.body) as { readonly play?: Play };
  return perform(play, sleep);
}

async function disconnect(event: DisconnectEvent, { post, watchers }: ProbePorts): Promise<unknown> {
  const watcher = await watchers.find(event.requestContext.connectionId);
  if (watcher !== undefined) await report(event, watcher, { event }, post);
  return { statusCode: 200 };
}

async function report(
  event: ProbeEvent,
  watcher: string,
  told: ProbeReport,
  post: ProbePorts['post'],
): Promise<void> {
  await post(event, watcher, JSON.stringify(told));
}

async function perform(play: Play, sleep: ProbePorts['sleep']): Promise<unknown> {
  if (play.sleepMs !== undefined) await sleep(play.sleepMs);
  if (play.throws !== undefined) throw new Error(play.throws);
  if (play.bytes !== undefined) return { statusCode: 200, body: textOf(play.bytes) };
  return 'result' in play ? play.result : { statusCode: 200 };
}

/** Of two bytes a character, as far as that goes: what is limited are bytes. */
const textOf = (bytes: number): string => 'é'.repeat(Math.floor(bytes / 2)) + 'x'.repeat(bytes % 2);
