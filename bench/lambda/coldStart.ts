import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
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
  /** Events that follow the first, for which the process is warm. */
  readonly more?: readonly FirstEvent[];
  readonly quota?: Quota;
};

/** Milliseconds from just before the process is made. */
export type ColdStart = {
  readonly loadedMs: number;
  readonly answeredMs?: number;
  /** Of a processor, by an invocation after the first. */
  readonly warmCpuMs?: number;
  readonly warmMs?: number;
};

type Reply = { readonly result?: unknown; readonly error?: unknown };

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
    const invoke = async ({ event, isAnswer }: FirstEvent) => {
      child.send({ event, requestId: 'bench', deadlineMs: Date.now() + TIMEOUT_MS });
      const [reply] = (await Promise.race([once(child, 'message'), ended])) as [Reply];
      if (reply.error !== undefined || !isAnswer(reply.result))
        throw new Error(`${start.folder}: not answered: ${JSON.stringify(reply)}`);
    };
    await invoke(start.first);
    const answeredMs = performance.now() - startedAtMs;
    const { more = [] } = start;
    if (more.length === 0) return { loadedMs, answeredMs };
    const cpuBefore = cpuMsOf(child.pid);
    const warmSinceMs = performance.now();
    for (const event of more) await invoke(event);
    const warmMs = (performance.now() - warmSinceMs) / more.length;
    return { loadedMs, answeredMs, warmMs, warmCpuMs: (cpuMsOf(child.pid) - cpuBefore) / more.length };
  } finally {
    child.kill('SIGKILL');
    await ended.catch(() => {});
  }
}

/** Milliseconds of a processor that all threads of a process have had. Linux alone tells. */
function cpuMsOf(pid: number | undefined): number {
  const tasks = `/proc/${pid}/task`;
  const ns = readdirSync(tasks).map((task) => {
    return Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]);
  });
  return ns.reduce((sum, one) => sum + one, 0) / 1e6;
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
