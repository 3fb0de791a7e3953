import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The AWS CLI, to be called as often as one likes. */
type AwsCli = {
  /** The folder that holds the command `aws`: the same as the installed one, but quicker. */
  readonly folder: string;
  stop(): Promise<void>;
};

/**
 * Starts what executes commands of the AWS CLI that is installed beside this Python. Each is a process of its own, as
 * ever; but a fork of one that has imported what takes most of a short command's time.
 */
export async function startAwsCli(python: string, env: Readonly<Record<string, string>>): Promise<AwsCli> {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-aws-'));
  const socket = join(folder, 'socket');
  const aws = join(folder, 'aws');
  const call = resolve('test/harness/awsCli/call.py');
  writeFileSync(aws, `#!/bin/sh\nexec '${python}' -IS '${call}' '${socket}' "$@"\n`);
  chmodSync(aws, 0o755);
  const child = spawn(python, ['test/harness/awsCli/serve.py', socket], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => Promise.reject(new Error('what executes the AWS CLI has exited'))),
  ]);
  return {
    folder,
    async stop() {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
