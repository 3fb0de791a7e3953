import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { IdleJob, LoadJob, LoadResult } from './job.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs jobs, each in a new process. */
export type Generator = {
  load(job: LoadJob): Promise<LoadResult>;
  /** A process with connections that only stay. */
  idle(job: IdleJob): IdleConnections;
};

/** Connections of a process of their own. */
export type IdleConnections = {
  /** Resolves with how many are open when so many more have been opened. */
  open(more: number): Promise<number>;
  close(): Promise<void>;
};

/** Longer than any load takes. Connections that only stay end with their input, also when this process dies. */
const LOAD_TIMEOUT_MS = 60_000;

/** Makes the generator one file, so that Node runs it without a loader, and starts it for each job. */
export async function buildGenerator(outfile: string): Promise<Generator> {
  await build({
    ...{ absWorkingDir: root, entryPoints: ['bench/fan-out/generator/main.ts'], outfile },
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'esm', logLevel: 'warning' },
  });
  const start = (job: object, timeout?: number): ChildProcess =>
    spawn(process.execPath, [outfile, JSON.stringify(job)], {
      ...{ stdio: ['pipe', 'pipe', 'inherit'], timeout, killSignal: 'SIGKILL' },
    });
  return {
    load: (job) => resultOf(start({ kind: 'load', ...job }, LOAD_TIMEOUT_MS)),
    idle: (job) => idleConnectionsOf(start({ kind: 'idle', ...job })),
  };
}

async function resultOf(generator: ChildProcess): Promise<LoadResult> {
  if (!generator.stdout) throw new Error('no output');
  const [output] = await Promise.all([text(generator.stdout), once(generator, 'close')]);
  if (output === '')
    throw new Error(
      `the load generator ended without a result (${generator.exitCode ?? generator.signalCode})`,
    );
  return JSON.parse(output) as LoadResult;
}

function idleConnectionsOf(generator: ChildProcess): IdleConnections {
  const closed = once(generator, 'close');
  return {
    open: async (more) => {
      generator.stdin?.write(`${more}\n`);
      const ended = closed.then(() => {
        throw new Error('the load generator ended');
      });
      const [open] = await Promise.race([once(generator.stdout ?? generator, 'data'), ended]);
      return Number(open);
    },
    close: async () => {
      generator.stdin?.end();
      await closed;
    },
  };
}
