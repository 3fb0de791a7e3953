import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const usualPlaces = ['/usr/bin/turnserver', '/usr/local/bin/turnserver', '/opt/homebrew/bin/turnserver'];
const executablePath = usualPlaces.find((path) => existsSync(path));

/** Where the tests' TURN server comes from, or why there is none. */
export const turnSource: { readonly kind: 'found' } | { readonly kind: 'none'; readonly reason: string } =
  executablePath
    ? { kind: 'found' }
    : {
        kind: 'none',
        reason: 'no TURN server: run scripts/install-test-components.sh, which installs coturn',
      };

/** A TURN server of this machine alone. */
export type TurnServer = {
  /** `127.0.0.1:PORT`, for UDP and TCP. */
  readonly authority: string;
  /** What it has printed so far. */
  output(): string;
};

/** Starts coturn with this secret, as README says, until the test is finished. */
export async function startTurnServer(secret: string): Promise<TurnServer> {
  if (!executablePath) throw new Error('there is no coturn');
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-turn-'));
  const port = await freePort();
  writeFileSync(join(folder, 'turnserver.conf'), settings(secret, port, folder));
  const child = spawn(executablePath, ['-c', join(folder, 'turnserver.conf')], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const output = collect(child);
  await Promise.race([
    answering(port),
    ended.then(() => Promise.reject(new Error(`coturn has ended: ${output()}`))),
  ]);
  return { authority: `127.0.0.1:${port}`, output };
}

const settings = (secret: string, port: number, folder: string): string => `
listening-ip=127.0.0.1
listening-port=${port}
relay-ip=127.0.0.1
min-port=49152
max-port=65535
realm=cloudmeetx.test
use-auth-secret
static-auth-secret=${secret}
# Here both ends are on this machine. A server on the internet must not relay to itself.
allow-loopback-peers
no-cli
no-tls
no-dtls
fingerprint
log-file=stdout
simple-log
userdb=${folder}/users.sqlite
pidfile=${folder}/turnserver.pid
`;

function collect({ stdout, stderr }: ChildProcess): () => string {
  let printed = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  return () => printed;
}

/** Asks with STUN (RFC 8489) until it answers: what it prints comes late, and says nothing for certain. */
async function answering(port: number): Promise<void> {
  const socket = createSocket('udp4');
  const answered = once(socket, 'message');
  // Asked before it listens, the kernel says so.
  socket.on('error', () => {});
  const bindingRequest = Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)]);
  const asking = setInterval(() => socket.send(bindingRequest, port, '127.0.0.1'), 50);
  await answered.finally(() => clearInterval(asking));
  socket.close();
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
