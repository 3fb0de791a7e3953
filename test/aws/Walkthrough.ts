import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Moto, startMoto } from '../harness/moto.ts';
import { Shell } from '../harness/Shell.ts';
import { copyRepository } from './copyRepository.ts';
import { refusedByMoto } from './deviations.ts';
import { awsCommandsIn, readDocument } from './document.ts';

/** A command of the AWS CLI as a block called it. */
type RecordedCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly status: number | null;
  readonly stdout: string;
  /** Whether moto refused it, as it is known to. */
  readonly deviates: boolean;
};

/** The document that is walked through. */
export const deployDocument = readDocument('docs/deploy-with-aws-cli.md');

/** A walk through the document: an AWS account and a copy of the repository of its own, and one shell into which blocks are pasted. */
export class Walkthrough {
  readonly moto: Moto;
  readonly #shell: Shell;
  readonly #folder: string;
  readonly #repository: string;
  readonly #pasted = new Map<string, string>();

  private constructor(moto: Moto, folder: string) {
    this.moto = moto;
    this.#folder = folder;
    this.#repository = join(folder, 'repository');
    copyRepository(this.#repository);
    this.#shell = new Shell(this.#repository, {
      ...moto.env,
      AWS_RECORD: join(folder, 'record'),
      AWS_DEVIATIONS: JSON.stringify(refusedByMoto),
    });
  }

  /** Starts with an account that has nothing in it. */
  static async start(): Promise<Walkthrough> {
    return new Walkthrough(await startMoto(), mkdtempSync(join(tmpdir(), 'cloudmeetx-walk-')));
  }

  /** Pastes what stands under these headings, and returns what it printed. */
  async paste(...headings: readonly string[]): Promise<string> {
    let printed = '';
    for (const heading of headings) {
      const block = deployDocument.sections.get(heading);
      if (block === undefined) throw new Error(`The document has no commands under "${heading}".`);
      this.#pasted.set(heading, block);
      printed += await this.#shell.run(block);
    }
    return printed;
  }

  /** Pastes what a section says, in its order: its own blocks, and what stands under the headings it refers to. */
  async follow(heading: string): Promise<void> {
    for (const step of deployDocument.steps(heading)) {
      if (step.kind === 'section') await this.paste(step.heading);
      else await this.#shell.run(step.commands);
    }
    const own = deployDocument.sections.get(heading);
    if (own !== undefined) this.#pasted.set(heading, own);
  }

  /** The value of a variable of the shell. */
  variable(name: string): Promise<string> {
    return this.#shell.run(`printf %s "$${name}"\n`);
  }

  /**
   * Pastes the trial, with our gateway in the place of API Gateway, and returns what it printed: the address that the
   * account says, and the frame that wscat received.
   */
  async tryIt(webSocketUrl: string): Promise<{ readonly printed: string; readonly frame: unknown }> {
    const printed = await this.paste('Try it');
    await this.#shell.run(`WEBSOCKET_URL='${webSocketUrl}'\n`);
    return { printed: printed.trim(), frame: JSON.parse(await this.paste('Say something')) };
  }

  /**
   * Makes a user and gets a token, by which they join our gateway, and then speak as clients of the first release do.
   * Returns the frames that wscat received.
   */
  async tryToken(webSocketUrl: string): Promise<{ readonly welcome: unknown; readonly ack: unknown }> {
    await this.#shell.run(`WEBSOCKET_URL='${webSocketUrl}'\n`);
    const printed = await this.paste('A token');
    const welcome = JSON.parse(printed.slice(printed.indexOf('\n{"') + 1));
    return { welcome, ack: JSON.parse(await this.paste('Say something')) };
  }

  /** What the AWS CLI says to a question of the test's own. */
  async aws<Answer>(...args: readonly string[]): Promise<Answer> {
    const { stdout } = await promisify(execFile)(this.moto.aws, [...args], { env: this.moto.env });
    return JSON.parse(stdout || 'null') as Answer;
  }

  /** The path of a function's zip, as the document has it built. */
  zip(name: string): string {
    return join(this.#repository, `dist/lambda/${name}.zip`);
  }

  /** Every command that a block called so far. */
  get recorded(): readonly RecordedCommand[] {
    const file = join(this.#folder, 'record');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RecordedCommand);
  }

  /** The headings under which something was pasted so far. */
  get pasted(): ReadonlySet<string> {
    return new Set(this.#pasted.keys());
  }

  /** The commands in the blocks pasted so far that nothing has called: those of branches that weren't taken. */
  get neverCalled(): readonly string[] {
    const called = new Set(this.recorded.map(({ command }) => command));
    const inDocument = awsCommandsIn([...this.#pasted.values()].join('\n'));
    return [...inDocument].filter((command) => !called.has(command));
  }

  /** The commands that failed though moto is known to have them: the shell ignores some, such as those in conditions. */
  get failed(): readonly RecordedCommand[] {
    return this.recorded.filter(({ status, deviates }) => status !== 0 && !deviates);
  }

  /** Ends shell and account. */
  async stop(): Promise<void> {
    await this.#shell.close();
    await this.moto.stop();
    rmSync(this.#folder, { recursive: true });
  }
}
