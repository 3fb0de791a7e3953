import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { met, nextEvent } from '../harness/meetingClient.ts';
import { startTestServer } from '../harness/server.ts';

const blocks = [...readFileSync('docs/client.md', 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map(
  ([, code]) => code ?? '',
);
const [connecting = '', reading = '', reaching = ''] = blocks;

/** What a program writes, and with which code and signal it exits. */
type Run = { readonly lines: AsyncIterator<string>; readonly exited: Promise<unknown[]> };

/** Runs examples of docs/client.md, one after the other, in a program that has installed the package. */
function run(url: string, ...examples: readonly string[]): Run {
  mkdirSync('dist/test', { recursive: true });
  const folder = mkdtempSync(resolve('dist/test/example-'));
  const file = join(folder, 'example.mjs');
  writeFileSync(file, examples.join('\n').replaceAll('ws://127.0.0.1:3001/production', url));
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill();
    rmSync(folder, { recursive: true });
  });
  return {
    exited: once(child, 'exit'),
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
  };
}

/** Reads lines until one is as wanted. */
async function until(lines: AsyncIterator<string>, wanted: string): Promise<void> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the example ended without "${wanted}"`);
    if (value === wanted) return;
  }
}

describe('the examples of docs/client.md', { timeout: 60_000 }, () => {
  it('[SD1][SD8] are three, and the first meets and chats', async () => {
    expect(blocks).toHaveLength(3);
    const server = await startTestServer();
    const bob = await met(server.webSocketUrl, 'bob');
    const heard = nextEvent(bob, 'chat');
    const { lines } = run(server.webSocketUrl, connecting);
    await until(lines, 'open');
    await until(lines, '2 here');
    await until(lines, 'I: Hello everybody');
    expect(await heard).toMatchObject({ data: 'Hello everybody', from: { userName: 'Alice' } });
    await bob.sendChat('Hello Alice');
    await until(lines, 'Bob: Hello Alice');
  });

  it('[SD8] read what was said before, and what is said from then on', async () => {
    const server = await startTestServer();
    const bob = await met(server.webSocketUrl, 'bob');
    await bob.sendChat('long ago');
    const { lines } = run(server.webSocketUrl, connecting.replace(/const { seq }.*/, ''), reading);
    await until(lines, 'Bob long ago');
    const { seq } = await bob.sendChat('now');
    await until(lines, `${seq} now`);
  });

  it('[SD16][SD20][SD24] signal to each session, update attributes and leave', async () => {
    const server = await startTestServer();
    const bob = await met(server.webSocketUrl, 'bob');
    const signal = nextEvent(bob, 'signal');
    const updated = nextEvent(bob, 'participantUpdated');
    const left = nextEvent(bob, 'participantLeft');
    const { exited, lines } = run(server.webSocketUrl, connecting, reaching);
    expect(await signal).toMatchObject({ data: { description: 'offer' } });
    expect(await updated).toMatchObject({ connections: [{ attributes: { camera: true, hand: true } }] });
    expect(await left).toMatchObject({ reason: 'left', participant: { userId: 'alice' } });
    await until(lines, 'closed');
    expect(await exited).toEqual([0, null]);
  });
});
