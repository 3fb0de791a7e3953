import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a process ended: one of the two is null. */
type ProcessEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** The built server in a process of its own. */
export type ServerProcess = {
  readonly pid: number;
  /** `ws://HOST:PORT/STAGE` from its greeting; empty if it has exited without one. */
  readonly url: string;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  /** Goes away as the reader of all that it writes. */
  closeOutput(): void;
  /** Whether it still runs. */
  isRunning(): boolean;
  /** Resolves when it has ended. */
  readonly ended: Promise<ProcessEnd>;
  /** Sends it a signal (SIGTERM unless given) and resolves when it has ended, with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

/** What the operating system holds a process to. */
export type ProcessLimits = {
  /** How large a file it may write, in blocks of 512 bytes: beyond, the disk is as good as full. */
  readonly fileBlocks?: number;
};

/**
 * Starts the built server (`build.ts` has seen to it) with nothing but this environment, on a free port and with its data in memory unless told otherwise,
 * and waits until it serves or has exited. When the test is finished, it is killed if it still runs.
 */
export async function startProcess(
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
  { fileBlocks }: ProcessLimits = {},
): Promise<ServerProcess> {
  const command = [process.execPath, '--enable-source-maps', 'dist/local/main.mjs', ...flags];
  const limit = fileBlocks === undefined ? '' : `ulimit -f ${fileBlocks} && `;
  const child = spawn('/bin/sh', ['-c', `${limit}exec "$0" "$@"`, ...command], {
    cwd: root,
    env: { PORT: '0', DATA_DIR: ':memory:', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = endOf(child);
  const stop = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  onTestFinished(async () => {
    await stop('SIGKILL');
  });
  const stderr = collect(child.stderr);
  const stdout = collect(child.stdout);
  const url = await Promise.race([greeted(child, stdout), ended.then(() => '')]);
  return {
    pid: child.pid ?? 0,
    url,
    stdout,
    stderr,
    closeOutput() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    isRunning: () => child.exitCode === null && child.signalCode === null,
    ended,
    stop: async (signal = 'SIGTERM') => (await stop(signal)).code,
  };
}

/** Resolves after the last of its output has been read. */
async function endOf(child: ChildProcess): Promise<ProcessEnd> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let written = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    written += text;
  });
  return () => written;
}

/** The server greets when it accepts connections; with the line of wscat, the greeting is there completely. */
async function greeted(child: ChildProcess, stdout: () => string): Promise<string> {
  for (;;) {
    const [, url] = /^ {2}API {3}(wss?:\S+?)\?[\s\S]*wscat/m.exec(stdout()) ?? [];
    if (url !== undefined) return url;
    if (child.stdout) await once(child.stdout, 'data');
  }
}
