import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Quota } from '../lambda/quota.ts';
import type { FanOut, Job } from './job.ts';

/** The ways of sending there are, by the modules that make them; the first is what the others are compared with. */
const modules = {
  'the SDK': ['sdkWay', './bench/posts/sdkWay.ts'],
  ours: ['ownWay', './bench/posts/ownWay.ts'],
  'signed by hand': ['handWay', './bench/posts/ways.ts'],
  'unsigned (control)': ['unsignedWay', './bench/posts/ways.ts'],
} as const;
/** One of them. */
export type WayName = keyof typeof modules;
/** All of them. */
export const wayNames = Object.keys(modules) as readonly WayName[];

/** A way in a file of its own. */
export type BundledWay = { readonly name: WayName; readonly file: string; readonly bytes: number };

/** Bundles a way as functions are bundled. */
export async function bundleWay(name: WayName, folder: string): Promise<BundledWay> {
  const [way, module] = modules[name];
  const contents = `import { ${way} } from '${module}';\nimport { serve } from './bench/posts/sending.ts';\nserve(${way});\n`;
  const file = join(folder, `${way}.mjs`);
  const { metafile } = await build({
    stdin: { contents, resolveDir: '.' },
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'esm', minify: true, metafile: true },
    ...{ mainFields: ['module', 'main'], outfile: file, logLevel: 'warning' },
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  return { name, file, bytes: Object.values(metafile.outputs)[0]?.bytes ?? Number.NaN };
}

/** A process that sends. */
export class Sender {
  readonly #process: ChildProcess;
  readonly #ended: Promise<never>;

  private constructor(file: string, certificateFile: string, quota: Quota | undefined) {
    const enter = quota ? `echo $$ > ${quota.processesFile}; ` : '';
    this.#process = spawn(
      '/bin/sh',
      ['-c', `${enter}exec "$@"`, 'sh', process.execPath, '--no-warnings', file],
      {
        env: { NODE_EXTRA_CA_CERTS: certificateFile },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    this.#ended = once(this.#process, 'exit').then(([code, signal]) => {
      throw new Error(`the sending process ended with ${code ?? signal}`);
    });
    this.#ended.catch(() => {});
  }

  /** Starts one; it is ready when this resolves. */
  static async start(file: string, certificateFile: string, quota?: Quota): Promise<Sender> {
    const sender = new Sender(file, certificateFile, quota);
    await Promise.race([once(sender.#process, 'message'), sender.#ended]);
    return sender;
  }

  /** Makes one fan-out. Throws when a post fails. */
  async fanOut(job: Job): Promise<FanOut> {
    this.#process.send(job);
    const [result] = (await Promise.race([once(this.#process, 'message'), this.#ended])) as [FanOut];
    if (result.failed > 0) throw new Error(`${result.failed} of ${job.recipients} posts failed`);
    return result;
  }

  /** Ends it. */
  async end(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended.catch(() => {});
  }
}
