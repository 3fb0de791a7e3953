import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Protocol } from './generator/job.ts';

/** A server that is measured. */
export type Contestant = {
  readonly name: ContestantName;
  readonly protocol: Protocol;
  /** A new process; resolves when it listens. */
  start(): Promise<RunningContestant>;
};

export type ContestantName = 'CloudMeetX' | 'plain ws loop' | 'Socket.IO' | 'Bun publish' | 'firehose';

/** A server's process. */
export type RunningContestant = {
  readonly url: string;
  readonly pid: number;
  /** From making the process until it said that it listens. */
  readonly startedInMs: number;
  /** Has it collect its garbage, soon. */
  collectGarbage(): void;
  stop(): Promise<void>;
};

type Command = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  /** The URL in what it prints, when it listens. */
  urlOf(output: string): string | undefined;
  onStopped?(): void;
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const servers = fileURLToPath(new URL('servers', import.meta.url));
const bun = fileURLToPath(new URL('../node_modules/bun/bin/bun.exe', import.meta.url));
const socketIo = fileURLToPath(new URL('../node_modules/socket.io', import.meta.url));
/** Servers know nothing of it: memory can be compared when garbage is gone. */
const collector = ['--expose-gc', '--import', "data:text/javascript,process.on('SIGUSR2',()=>gc())"];

/** CloudMeetX as `npm start` runs it, with a rate limit that nobody reaches. */
export const cloudMeetX: Contestant = {
  name: 'CloudMeetX',
  protocol: 'websocket',
  start: () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cloudmeetx-bench-'));
    return start({
      command: process.execPath,
      args: [...collector, '--enable-source-maps', `${root}dist/local/main.mjs`],
      env: {
        ...{ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn', MAX_CONNECTIONS_PER_MEETING: '5000' },
        ...{ RATE_LIMIT_MESSAGES_PER_SECOND: '1000000', RATE_LIMIT_BURST: '1000000' },
      },
      urlOf: (output) => /(ws:\/\/\S+?)\?[\s\S]*wscat/.exec(output)?.[1],
      onStopped: () => rmSync(dataDir, { recursive: true, force: true }),
    });
  },
};

/** The control. */
export const plainLoop: Contestant = {
  name: 'plain ws loop',
  protocol: 'websocket',
  start: () => start(ofNode('plainLoop.mjs')),
};

const socketIoRooms: Contestant = {
  name: 'Socket.IO',
  protocol: 'socket.io',
  start: () => start(ofNode('socketIo.mjs', 'socket.io/')),
};

const bunPublish: Contestant = {
  name: 'Bun publish',
  protocol: 'websocket',
  start: () => start({ ...ofNode('bunPublish.mjs'), command: bun, args: [join(servers, 'bunPublish.mjs')] }),
};

/** Shows what the load generator takes, with so many frames in one write. */
export const firehose = (framesPerWrite: number): Contestant => ({
  name: 'firehose',
  protocol: 'websocket',
  start: () => start({ ...ofNode('firehose.mjs'), env: { FRAMES_A_WRITE: String(framesPerWrite) } }),
});

/** All there are on this machine; peers are in the dependencies of `bench/`. */
export function contestants(): readonly Contestant[] {
  return [
    ...[cloudMeetX, plainLoop],
    ...(existsSync(socketIo) ? [socketIoRooms] : []),
    ...(existsSync(bun) ? [bunPublish] : []),
  ];
}

const ofNode = (file: string, path = ''): Command => ({
  command: process.execPath,
  args: [...collector, join(servers, file)],
  urlOf: (output) => {
    const [, port] = /listening (\d+)/.exec(output) ?? [];
    return port && `ws://127.0.0.1:${port}/${path}`;
  },
});

async function start({ command, args, env = {}, ...options }: Command): Promise<RunningContestant> {
  const startedAtMs = performance.now();
  const server = spawn(command, args, {
    ...{ cwd: root, env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const url = await listening(server, options.urlOf);
  const startedInMs = performance.now() - startedAtMs;
  const { pid } = server;
  if (pid === undefined) throw new Error(`${command} did not start`);
  const stop = async () => {
    server.kill('SIGKILL');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'close');
    options.onStopped?.();
  };
  return { url, pid, startedInMs, collectGarbage: () => server.kill('SIGUSR2'), stop };
}

function listening(server: ChildProcess, urlOf: Command['urlOf']): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.on('error', reject);
    server.on('exit', () => reject(new Error(`a server ended before it listened: ${output}`)));
    server.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = urlOf(output);
      if (url) resolve(url);
    });
  });
}
