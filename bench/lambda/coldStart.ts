import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FirstEvent } from './firstEvents.ts';
import type { Quota } from './quota.ts';

/** What is started: the arguments of a `node`, its folder, and all that it sees of the environment. */
export type Start = {
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The first event; without one the process only has to come up. */
  readonly first?: FirstEvent;
  readonly quota?: Quota;
};

/** Milliseconds from just before the process is made. */
export type ColdStart = { readonly loadedMs: number; readonly answeredMs?: number };

type Reply = { readonly result?: { readonly statusCode?: number }; readonly error?: unknown };

const TIMEOUT_MS = 29_000;

/** Arguments that load the function in a folder as `LambdaFunction` does. */
export function runnerArgs(taskRoot: string, name: string): readonly string[] {
  const bootstrap = fileURLToPath(new URL('../../src/gateway/lambdaBootstrap.mjs', import.meta.url));
  return ['--no-warnings', bootstrap, taskRoot, name, '512'];
}

/** Arguments of a process that comes up and says so. */
export const bareArgs: readonly string[] = ['--no-warnings', '-e', "process.send('ready')"];

/** Starts a fresh process and times it. Throws when the function fails, or answers with another status than it should. */
export async function coldStart(start: Start): Promise<ColdStart> {
  const startedAtMs = performance.now();
  const child = spawnNode(start);
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the process ended with ${code ?? signal}`);
  });
  ended.catch(() => {});
  try {
    await Promise.race([once(child, 'message'), ended]);
    const loadedMs = performance.now() - startedAtMs;
    if (!start.first) return { loadedMs };
    child.send({ event: start.first.event, requestId: 'first', deadlineMs: Date.now() + TIMEOUT_MS });
    const [reply] = (await Promise.race([once(child, 'message'), ended])) as [Reply];
    const answeredMs = performance.now() - startedAtMs;
    if (reply.result?.statusCode !== start.first.statusCode)
      throw new Error(`not answered: ${JSON.stringify(reply)}`);
    return { loadedMs, answeredMs };
  } finally {
    child.kill('SIGKILL');
    await ended.catch(() => {});
  }
}

/** A shell goes before in every row, so that it is in the control rows as well. */
function spawnNode({ args, folder, environment, quota }: Start): ChildProcess {
  const enter = quota ? `echo $$ > ${quota.processesFile}; ` : '';
  return spawn('/bin/sh', ['-c', `${enter}exec "$@"`, 'sh', process.execPath, ...args], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}
