import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { startAwsCli } from './awsCli.ts';
import { testCredentials } from './dynamodb.ts';

const installedIn = '.components/moto';

/** Whether moto and the AWS CLI are there, or why not. */
export const motoSource: { readonly kind: 'installed' } | { readonly kind: 'none'; readonly reason: string } =
  existsSync(`${installedIn}/.complete`)
    ? { kind: 'installed' }
    : { kind: 'none', reason: 'no moto and AWS CLI: run scripts/install-test-components.sh' };

/** The region that everything is made in. */
export const motoRegion = 'eu-central-1';

/** An emulated AWS account that runs until it is stopped. */
export type Moto = {
  readonly endpoint: string;
  /** The command of the AWS CLI that is installed beside moto. */
  readonly aws: string;
  /** What directs a process's AWS calls to it, with that `aws` in its path, and nothing of this machine's own settings. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
};

/** Starts moto on a free port, with nothing in it. */
export async function startMoto(): Promise<Moto> {
  const child = spawn(resolve(installedIn, 'bin/moto_server'), ['-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const endpoint = await Promise.race([
    announcedAddress(child.stderr),
    ended.then(() => Promise.reject(new Error('moto has exited'))),
  ]);
  const env = accountOf(endpoint);
  const cli = await startAwsCli(resolve(installedIn, 'bin/python'), env);
  return {
    endpoint,
    aws: join(cli.folder, 'aws'),
    env: { ...env, PATH: `${cli.folder}${delimiter}${env.PATH}` },
    async stop() {
      await cli.stop();
      child.kill();
      await ended;
    },
  };
}

function accountOf(endpoint: string) {
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    AWS_REGION: motoRegion,
    AWS_DEFAULT_REGION: motoRegion,
    // A fault of moto is the same at every attempt.
    AWS_MAX_ATTEMPTS: '1',
  };
}

/** Reads on after the address is known, so that the server never blocks on a full pipe. */
function announcedAddress(stderr: NodeJS.ReadableStream): Promise<string> {
  return new Promise((found) => {
    createInterface({ input: stderr }).on('line', (line) => {
      const [, address] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? [];
      if (address !== undefined) found(address);
    });
  });
}
