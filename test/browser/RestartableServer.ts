import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ServerProcess, startProcess } from '../harness/startProcess.ts';

/** The built server in a process of its own that keeps its address and its data when it is killed and started again. */
export class RestartableServer {
  readonly #env: Readonly<Record<string, string>>;
  #process: ServerProcess;

  private constructor(process: ServerProcess, env: Readonly<Record<string, string>>) {
    this.#process = process;
    this.#env = env;
  }

  /** Starts one with this environment, until the test is finished. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<RestartableServer> {
    const dataDir = mkdtempSync(join(tmpdir(), 'cloudmeetx-browser-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const withData = { LOG_LEVEL: 'warn', ...env, DATA_DIR: dataDir };
    const process = await served(withData);
    return new RestartableServer(process, { ...withData, PORT: new URL(process.url).port });
  }

  /** `ws://127.0.0.1:PORT/STAGE`. */
  get webSocketUrl(): string {
    return this.#process.url;
  }

  /** `http://127.0.0.1:PORT/`. */
  get pageUrl(): string {
    return new URL('/', this.#process.url.replace(/^ws/, 'http')).href;
  }

  /** What it has logged since it was started last. */
  get logged(): string {
    return this.#process.stderr();
  }

  /** Ends it without a word to anybody. */
  async kill(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  /** Starts it again, after it was killed. */
  async restart(): Promise<void> {
    this.#process = await served(this.#env);
  }
}

async function served(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const process = await startProcess(env);
  if (process.url === '') throw new Error(`the server has not started: ${process.stderr()}`);
  return process;
}
