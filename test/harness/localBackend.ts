import { createLog } from '../../lambda/shared/log.ts';
import type { Environment } from '../../lambda/shared/variables.ts';
import { readConfig } from '../../local/config.ts';
import { startServer } from '../../local/server.ts';
import type { Meetings } from '../../src/meeting/ports.ts';
import { faultyMeetings } from './faultyMeetings.ts';
import { LogKeeper } from './LogKeeper.ts';
import type { BackendOptions, BackendUnderTest, StoreState } from './server.ts';

/** What `npm start` runs, in the test's own process. */
export async function startLocalBackend(
  env: Environment,
  options: BackendOptions,
): Promise<BackendUnderTest> {
  const log = new LogKeeper();
  const store: { state: StoreState; meetings: Meetings | undefined } = {
    state: 'working',
    meetings: undefined,
  };
  const storeCalls: string[] = [];
  const fault = async (method: string) => {
    storeCalls.push(method);
    while (store.state === 'stalled') await new Promise(setImmediate);
    // Words that no client may read.
    if (store.state === 'failing') throw new Error('SECRET-TABLE is unreachable');
  };
  const server = await startServer(
    readConfig({ PORT: '0', DATA_DIR: ':memory:', ...env }, []),
    createLog({ level: 'debug', write: log.write, now: Date.now }),
    {
      ...options,
      wrapMeetings: (meetings) => {
        store.meetings = meetings;
        return faultyMeetings(meetings, fault);
      },
    },
  );
  if (!store.meetings) throw new Error('the server opened no store');
  return {
    webSocketUrl: server.webSocketUrl,
    log,
    meetings: store.meetings,
    storeCalls,
    setStore: (state) => {
      store.state = state;
    },
    stop: () => server.stop(),
  };
}
