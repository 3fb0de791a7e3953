import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { ProgressLine } from '../../local/commands/ProgressLine.ts';
import { runCommand } from '../../local/commands/runCommand.ts';

/** What a command wrote, and its exit code. */
export type CliResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** What a test may give a command besides its arguments. */
export type CliOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly interrupted?: AbortSignal;
  readonly progress?: ProgressLine;
  readonly onLine?: (line: string) => void;
};

/** No folder of a server: what runs on this machine besides is nobody's business. */
const nowhere = { DATA_DIR: '/nonexistent' };

/** Runs a command in the test's own process, as the command line would with this environment and no other. */
export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { env = {}, interrupted = new AbortController().signal, onLine = () => {} } = options;
  const written = { stdout: '', stderr: '' };
  const code = await runCommand(argv, {
    env: { ...nowhere, ...env },
    print: (line) => {
      written.stdout += `${line}\n`;
      onLine(line);
    },
    note: (line) => {
      written.stderr += `${line}\n`;
    },
    progress: options.progress ?? new ProgressLine(undefined),
    interruption: () => interrupted,
    now: Date.now,
  });
  return { code, ...written };
}

/** The built command line in a process of its own. */
export class CliProcess {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  readonly written = { stdout: '', stderr: '' };

  constructor(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#process = spawn(process.execPath, ['dist/local/cli.mjs', ...argv], {
      env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...nowhere, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const name of ['stdout', 'stderr'] as const) {
      this.#process[name]?.setEncoding('utf8').on('data', (text: string) => {
        this.written[name] += text;
      });
    }
    this.#ended = once(this.#process, 'close');
    onTestFinished(() => void this.#process.kill('SIGKILL'));
  }

  /** Waits until standard output has this in it. */
  async wrote(part: string): Promise<void> {
    while (!this.written.stdout.includes(part)) {
      await Promise.race([once(this.#process.stdout ?? this.#process, 'data'), this.#ended]);
      if (this.#process.exitCode !== null && !this.written.stdout.includes(part)) {
        throw new Error(`it has ended without "${part}": ${JSON.stringify(this.written)}`);
      }
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Goes away as the reader of its output. */
  closeOutput(): void {
    this.#process.stdout?.destroy();
  }

  async result(): Promise<CliResult> {
    await this.#ended;
    return { code: this.#process.exitCode ?? -1, ...this.written };
  }
}
