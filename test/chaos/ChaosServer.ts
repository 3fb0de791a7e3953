import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Death, Order, Word } from './server.ts';

const BUNDLE = 'dist/test/chaos.mjs';

/** The server of `server.ts` in a process of its own, started again on the same data and port whenever it dies. */
export class ChaosServer {
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'cloudmeetx-chaos-'));
  readonly #seed: number;
  readonly #words = new EventEmitter();
  #process: ChildProcess | undefined;
  #state: 'chaos' | 'calm' | 'stopped' = 'chaos';
  #url = '';
  #stderr = '';
  #starts = 0;

  private constructor(seed: number) {
    this.#seed = seed;
  }

  /** Bundles and starts it, as `npm start` does with the real one. */
  static async start(seed: number): Promise<ChaosServer> {
    await build({
      entryPoints: ['test/chaos/server.ts'],
      ...{ outfile: BUNDLE, bundle: true, platform: 'node', format: 'esm', target: 'node20' },
      ...{ packages: 'external', sourcemap: true, logLevel: 'warning' },
    });
    const server = new ChaosServer(seed);
    await server.#start();
    return server;
  }

  /** The same over all of its lives. */
  get url(): string {
    return this.#url;
  }

  /** How often it was killed so far. */
  get deaths(): number {
    return this.#starts - 1;
  }

  /** What it wrote of errors, but for those that were planted. */
  get complaints(): readonly string[] {
    return this.#stderr.split('\n').filter((line) => line !== '' && !line.includes('the store fails'));
  }

  /** Has it killed by itself when such a moment comes, and resolves when it serves again. */
  async die(moment: Death): Promise<void> {
    this.#order({ die: moment });
    await once(this.#words, 'url');
  }

  /** Kills it now, and resolves when it serves again. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await once(this.#words, 'url');
  }

  /** From now on the store works, and sweeps ask about connections of any age. */
  calm(): void {
    this.#state = 'calm';
    this.#order({ calm: true });
  }

  /** Resolves when a sweep that began after this call is over. */
  async swept(): Promise<void> {
    await once(this.#words, 'swept');
    await once(this.#words, 'swept');
  }

  /** Ends it, and removes its data. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    const ended = this.#process && once(this.#process, 'close');
    this.#process?.kill('SIGKILL');
    await ended;
    rmSync(this.#dataDir, { recursive: true });
  }

  async #start(): Promise<void> {
    const env = {
      PORT: new URL(this.#url || 'ws://any:0').port,
      DATA_DIR: this.#dataDir,
      SEED: String(this.#seed + this.#starts++),
    };
    const stdio = ['ignore', 'ignore', 'pipe', 'ipc'] as const;
    const child = fork(BUNDLE, { env, stdio: [...stdio], execArgv: ['--enable-source-maps'] });
    this.#process = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    child.on('message', (word: Word) => {
      if ('url' in word) this.#url = word.url;
      this.#words.emit('url' in word ? 'url' : 'swept');
    });
    child.on('exit', (code, signal) => this.#onExit(code, signal));
    await once(this.#words, 'url');
    if (this.#state === 'calm') this.#order({ calm: true });
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#state === 'stopped') return;
    // Whatever isn't ours to have killed has crashed.
    if (signal !== 'SIGKILL') this.#words.emit('error', new Error(`exited with ${code}\n${this.#stderr}`));
    else void this.#start();
  }

  #order(order: Order): void {
    this.#process?.send(order);
  }
}
