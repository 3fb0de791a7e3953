import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a function's process is started with. */
export type LambdaEnvironmentOptions = {
  /** The folder that holds the function's index.mjs. */
  readonly taskRoot: string;
  readonly functionName: string;
  /** All that the process sees of the world's environment, beside what Lambda sets itself. */
  readonly environment: Readonly<Record<string, string>>;
  readonly region: string;
  readonly memoryMb: number;
  /** Called with each line that the function writes. */
  readonly onLine: (line: string) => void;
};

/** One event for a function. */
export type Invocation = { readonly event: unknown; readonly requestId: string; readonly timeoutMs: number };

/** Why an invocation has no result, in Lambda's words. */
class LambdaError extends Error {
  override readonly name = 'LambdaError';
}

type Reply = {
  readonly result?: unknown;
  readonly error?: { readonly name?: string; readonly message: string };
};

const bootstrap = fileURLToPath(new URL('./lambdaBootstrap.mjs', import.meta.url));

/**
 * A process that runs one function, one event at a time, and is frozen in between, as Lambda freezes it: whatever a
 * handler leaves undone waits for the next event.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export class LambdaEnvironment {
  readonly #process: ChildProcess;
  readonly #ready: Promise<void>;
  readonly #ended: Promise<never>;

  constructor({ taskRoot, functionName, environment, region, memoryMb, onLine }: LambdaEnvironmentOptions) {
    this.#process = spawn(
      process.execPath,
      ['--no-warnings', bootstrap, taskRoot, functionName, String(memoryMb)],
      {
        cwd: taskRoot,
        env: {
          ...environment,
          AWS_REGION: region,
          AWS_LAMBDA_FUNCTION_NAME: functionName,
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
          LAMBDA_TASK_ROOT: taskRoot,
          TZ: ':UTC',
        },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', onLine);
    }
    this.#ended = once(this.#process, 'exit').then(([code, signal]) => {
      throw new LambdaError(`Runtime exited with ${signal === null ? `status ${code}` : `signal ${signal}`}`);
    });
    this.#ended.catch(() => {});
    this.#ready = Promise.race([once(this.#process, 'message'), this.#ended]).then(() => {});
    this.#ready.catch(() => {});
  }

  /** Handles one event. Rejects when the handler does, when the process ends, or when the time is over. */
  async invoke({ event, requestId, timeoutMs }: Invocation): Promise<unknown> {
    this.#process.kill('SIGCONT');
    await this.#ready;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      void this.end();
    }, timeoutMs);
    try {
      // Whether it could be sent its end tells: without a callback, a process that just died would end this one.
      this.#process.send({ event, requestId, deadlineMs: Date.now() + timeoutMs }, () => {});
      const [reply] = (await Promise.race([once(this.#process, 'message'), this.#ended])) as [Reply];
      this.#process.kill('SIGSTOP');
      return resultOf(reply);
    } catch (error) {
      throw timedOut
        ? new LambdaError(`Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`)
        : error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Undefined if it could not be started. */
  get processId(): number | undefined {
    return this.#process.pid;
  }

  /** Whether it can take another event. */
  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Ends the process, frozen or not. */
  async end(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended.catch(() => {});
  }
}

function resultOf({ result, error }: Reply): unknown {
  // As the handler threw it: the gateway reads an authorizer's.
  if (error) throw Object.assign(new Error(error.message), { name: error.name ?? 'Error' });
  return result;
}
