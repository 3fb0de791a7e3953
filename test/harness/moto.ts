import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { testCredentials } from './dynamodb.ts';

const installedIn = '.components/moto';

/** Whether moto and the AWS CLI are there, or why not. */
export const motoSource: { readonly kind: 'installed' } | { readonly kind: 'none'; readonly reason: string } =
  existsSync(`${installedIn}/.complete`)
    ? { kind: 'installed' }
    : { kind: 'none', reason: 'no moto and AWS CLI: run scripts/install-test-components.sh' };

/** The AWS CLI that is installed beside moto. */
export const awsCli = resolve(installedIn, 'bin/aws');

/** The region that everything is made in. */
export const motoRegion = 'eu-central-1';

/** An emulated AWS account that runs until it is stopped. */
export type Moto = {
  readonly endpoint: string;
  /** What directs a process's AWS calls to it, and nothing of this machine's own settings. */
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
  return {
    endpoint,
    env: {
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
    },
    async stop() {
      child.kill();
      await ended;
    },
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
