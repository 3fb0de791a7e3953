import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One bash, into which one block after the other is pasted: variables and functions carry over, and the first command
 * that fails ends it.
 */
export class Shell {
  readonly #process: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-shell-'));
  readonly #ended: Promise<unknown>;
  #stdout = '';
  #stderr = '';
  #blocks = 0;

  /** Opens it in a folder, with nothing in its environment but what is given. */
  constructor(cwd: string, env: Readonly<Record<string, string>>) {
    // The fourth stream is what commands read from: like a terminal's, it stays open and says nothing.
    this.#process = spawn('bash', [], { cwd, env, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#ended = once(this.#process, 'close');
    this.#process.stdin?.write('set -euo pipefail\n');
  }

  /** Executes a block and returns what it wrote to standard output. Rejects with what it wrote if a command fails. */
  async run(block: string): Promise<string> {
    const file = join(this.#folder, `${++this.#blocks}.sh`);
    const marker = `block ${this.#blocks} is done ${process.pid}`;
    writeFileSync(file, block);
    this.#stdout = '';
    this.#stderr = '';
    this.#process.stdin?.write(`source '${file}' <&3\nprintf '%s\\n' '${marker}'\n`);
    const ended = this.#ended.then(() => true);
    while (!this.#stdout.endsWith(`${marker}\n`)) {
      const stop = new AbortController();
      const more = this.#process.stdout ? once(this.#process.stdout, 'data', { signal: stop.signal }) : ended;
      more.catch(() => {});
      if ((await Promise.race([more, ended])) === true) {
        throw new Error(`This block failed:\n${block}\n${this.#stdout}${this.#stderr}`);
      }
      stop.abort();
    }
    return this.#stdout.slice(0, -marker.length - 1);
  }

  /** Ends it, and removes what it kept. */
  async close(): Promise<void> {
    this.#process.stdin?.end();
    this.#process.kill();
    await this.#ended;
    rmSync(this.#folder, { recursive: true });
  }
}
