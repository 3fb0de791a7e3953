import { onTestFinished } from 'vitest';
import { createLog } from '../../lambda/shared/log.ts';
import { type Environment, readConfig } from '../../local/config.ts';
import { type RunningServer, type ServerOverrides, startServer } from '../../local/server.ts';
import { TestClient, type TestClientOptions } from './TestClient.ts';

type LogLine = Readonly<Record<string, unknown>>;
type Query = Readonly<Record<string, string>>;

/** What `npm start` runs, in the test's own process, on a free port, until the test is finished. */
export type TestServer = RunningServer & {
  /** Log lines so far. */
  readonly logged: readonly LogLine[];
  /** The first log line with these fields, as soon as it's there. */
  logLine(fields: LogLine): Promise<LogLine>;
  /** The URL with this query. */
  url(query: Query): string;
  /** Connects as alice, bob, …, to the meeting "standup" unless told otherwise. */
  connect(userId: string, query?: Query, options?: TestClientOptions): Promise<TestClient>;
  /** Connects, and tells by which connectionId the server knows the client. */
  connectKnown(userId: string, query?: Query): Promise<{ client: TestClient; connectionId: string }>;
};

/** Starts the server with this environment and, where a test needs a faulty one, its ports. */
export async function startTestServer(
  env: Environment = {},
  overrides: ServerOverrides = {},
): Promise<TestServer> {
  const log = new LogKeeper();
  const config = readConfig({ PORT: '0', ...env }, []);
  const server = await startServer(
    config,
    createLog({ level: 'debug', write: log.write, now: Date.now }),
    overrides,
  );
  onTestFinished(() => server.stop());

  const url = (query: Query) => [server.webSocketUrl, new URLSearchParams(query)].filter(String).join('?');
  const connect = (userId: string, query: Query = {}, options: TestClientOptions = {}) =>
    TestClient.connect(url({ meetingId: 'standup', userId, userName: nameOf(userId), ...query }), options);
  return {
    ...server,
    logged: log.lines,
    logLine: (fields) => log.line(fields),
    url,
    connect,
    async connectKnown(userId, query = {}) {
      const before = log.lines.length;
      const client = await connect(userId, query);
      const line = log.lines.slice(before).find((logged) => matches(logged, { event: 'connected', userId }));
      return { client, connectionId: String(line?.connectionId) };
    },
  };
}

/** Keeps log lines, and lets a test wait for one. */
class LogKeeper {
  readonly lines: LogLine[] = [];
  readonly #waiting = new Set<(line: LogLine) => void>();

  readonly write = (text: string): void => {
    const line = JSON.parse(text) as LogLine;
    this.lines.push(line);
    for (const check of this.#waiting) check(line);
  };

  line(fields: LogLine): Promise<LogLine> {
    const found = this.lines.find((line) => matches(line, fields));
    if (found) return Promise.resolve(found);
    return new Promise((resolve) => {
      const check = (line: LogLine) => {
        if (!matches(line, fields)) return;
        this.#waiting.delete(check);
        resolve(line);
      };
      this.#waiting.add(check);
    });
  }
}

const matches = (line: LogLine, fields: LogLine): boolean =>
  Object.entries(fields).every(([name, value]) => line[name] === value);

const nameOf = (userId: string): string => userId.slice(0, 1).toUpperCase() + userId.slice(1);
