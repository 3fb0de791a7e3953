import type { Environment } from '../../lambda/shared/environment.ts';
import { createLog } from '../../lambda/shared/log.ts';
import { readConfig } from '../../local/config.ts';
import { startServer } from '../../local/server.ts';
import { FaultyMeetings } from './FaultyMeetings.ts';
import { LogKeeper } from './LogKeeper.ts';
import type { BackendOptions, BackendUnderTest } from './server.ts';

/** What `npm start` runs, in the test's own process. */
export async function startLocalBackend(
  env: Environment,
  options: BackendOptions,
): Promise<BackendUnderTest> {
  const log = new LogKeeper();
  const faulty = new FaultyMeetings();
  const server = await startServer(
    readConfig({ PORT: '0', ...env }, []),
    createLog({ level: 'debug', write: log.write, now: Date.now }),
    { meetings: faulty, ...options },
  );
  return {
    webSocketUrl: server.webSocketUrl,
    log,
    meetings: faulty,
    setStore: (state) => {
      faulty.state = state;
    },
    stop: () => server.stop(),
  };
}
