// The server as `npm start` runs it, with a store that fails, an API that misbehaves, and a way to die at the worst
// moment. A process of its own, led by messages of the test.
import { createLog } from '../../lambda/shared/log.ts';
import { readConfig } from '../../local/config.ts';
import { startServer } from '../../local/server.ts';
import type { EmbeddedMeetings } from '../../src/embedded/EmbeddedMeetings.ts';
import { withChaos } from '../../src/gateway/chaos.ts';
import { createClock } from '../../src/gateway/clock.ts';
import type { Routes } from '../../src/gateway/routes.ts';
import type { Connection } from '../../src/meeting/ports.ts';
import { seededRandom } from '../harness/random.ts';

/** When the server is to be killed: with a chat committed and not acked, or acked just now. */
export type Death = 'before an ack' | 'after an ack';

/** What the test tells the server: to die at the next such moment, or to fail no more. */
export type Order = { readonly die: Death } | { readonly calm: true };

/** What the server tells the test: where it listens, and that one more sweep is over. */
export type Word = { readonly url: string } | { readonly swept: true };

const STORE_FAILURES = 0.05;
const SWEEP_INTERVAL_MS = 250;
/** In the place of ten minutes, so that younger connections are left alone here, too. */
const SWEPT_AFTER_MS = 2000;

const random = seededRandom(Number(process.env.SEED));
let failures = STORE_FAILURES;
let death: Death | undefined;

const tell = (word: Word): void => void process.send?.(word);
const die = (): void => void process.kill(process.pid, 'SIGKILL');

process.on('message', (order: Order) => {
  if ('die' in order) death = order.die;
  else failures = 0;
});
process.on('disconnect', die);

/** A store in which each call may fail, and of which the server may die right after a chat was committed. */
function wrapMeetings(meetings: EmbeddedMeetings): EmbeddedMeetings {
  return new Proxy(meetings, {
    get(target, name) {
      if (name === 'connectedBefore') return () => swept(target);
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return failing(async (...args) => {
        const result: unknown = await method.apply(target, args);
        if (name === 'appendChat' && death === 'before an ack') die();
        return result;
      });
    },
  });
}

/** Fails at one call in twenty, as often before the change as after it. */
function failing(call: (...args: unknown[]) => Promise<unknown>): typeof call {
  return async (...args) => {
    const fails = random.next() < failures ? random.pick(['before', 'after'] as const) : 'never';
    if (fails === 'before') throw new Error('the store fails before the change');
    const result = await call(...args);
    if (fails === 'after') throw new Error('the store fails after the change');
    return result;
  };
}

/** Connections that are old enough to be asked about; when whoever reads them is done, a sweep is over. */
async function* swept(meetings: EmbeddedMeetings): AsyncIterable<readonly Connection[]> {
  yield* meetings.connectedBefore(failures > 0 ? Date.now() - SWEPT_AFTER_MS : Number.POSITIVE_INFINITY);
  tell({ swept: true });
}

function wrapRoutes(routes: Routes): Routes {
  const { messages, ...others } = routes;
  const { sendMessage } = messages;
  if (!sendMessage) throw new Error('there is no route sendMessage');
  const integration: typeof sendMessage.integration = async (event) => {
    const result = await sendMessage.integration(event);
    // After the promises that wait for this result, and so after the gateway has written it; before anything else.
    if (death === 'after an ack') process.nextTick(die);
    return result;
  };
  const deadly = { ...others, messages: { ...messages, sendMessage: { ...sendMessage, integration } } };
  const chaos = {
    ...{ loseDisconnect: 0.3, doubleDisconnect: 0.2, delayDisconnectMs: 1500, delayMessagesMs: 20 },
    ...{ random: random.next, clock: createClock() },
  };
  return withChaos({ routes: deadly }, chaos).routes;
}

const config = readConfig(process.env, []);
const log = createLog({ level: 'error', write: (line) => process.stderr.write(`${line}\n`), now: Date.now });
const { webSocketUrl } = await startServer(config, log, {
  ...{ wrapMeetings, wrapRoutes, sweepIntervalMs: SWEEP_INTERVAL_MS },
});
tell({ url: webSocketUrl });
