import { onTestFinished } from 'vitest';
import { createLog } from '../../lambda/shared/log.ts';
import { type Environment, readConfig } from '../../local/config.ts';
import { type RunningServer, type ServerOverrides, startServer } from '../../local/server.ts';
import { TestClient, type TestClientOptions } from './TestClient.ts';

/** What `npm start` runs, in the test's own process, on a free port, until the test is finished. */
export type TestServer = RunningServer & {
  /** Log lines so far, parsed. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** `ws://…?meetingId=…`, with the query of these parameters. */
  url(query: Readonly<Record<string, string>>): string;
  /** Connects as alice, bob, …, to the meeting "standup" unless told otherwise. */
  connect(
    userId: string,
    query?: Readonly<Record<string, string>>,
    options?: TestClientOptions,
  ): Promise<TestClient>;
};

/** Starts the server with this environment and, where a test needs a faulty one, its ports. */
export async function startTestServer(
  env: Environment = {},
  overrides: ServerOverrides = {},
): Promise<TestServer> {
  const logged: Record<string, unknown>[] = [];
  const log = createLog({ level: 'debug', write: (line) => logged.push(JSON.parse(line)), now: Date.now });
  const server = await startServer(readConfig({ PORT: '0', ...env }, []), log, overrides);
  onTestFinished(() => server.stop());
  const url = (query: Readonly<Record<string, string>>) => {
    const parameters = new URLSearchParams(query).toString();
    return parameters ? `${server.webSocketUrl}?${parameters}` : server.webSocketUrl;
  };
  return {
    ...server,
    logged,
    url,
    connect: (userId, query = {}, options = {}) =>
      TestClient.connect(url({ meetingId: 'standup', userId, userName: nameOf(userId), ...query }), options),
  };
}

const nameOf = (userId: string): string => userId.slice(0, 1).toUpperCase() + userId.slice(1);
