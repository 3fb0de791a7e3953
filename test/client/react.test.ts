import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { transformSync } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { met, nextEvent } from '../harness/meetingClient.ts';
import { startTestServer } from '../harness/server.ts';

const [example = '', ...others] = [
  ...readFileSync('docs/client.md', 'utf8').matchAll(/```jsx\n([\s\S]*?)```/g),
].map(([, code]) => code ?? '');

/** A page without a browser, which prints what it shows whenever that changes, and clicks the buttons that it is told. */
const page = `
import { createInterface } from 'node:readline';
import { parseHTML } from 'linkedom';
import { WebSocket } from 'ws';

const { window, document } = parseHTML('<!doctype html><html><body><div id="root"></div></body></html>');
Object.assign(globalThis, { window, document, WebSocket });
globalThis.navigator ??= { userAgent: '' };
let shown = '';
setInterval(() => {
  const text = [...document.querySelectorAll('p, li, button')].map((element) => element.textContent).join(' | ');
  if (text !== shown) console.log((shown = text));
}, 5);
createInterface({ input: process.stdin }).on('line', (label) => {
  const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === label);
  button.dispatchEvent(new window.Event('click', { bubbles: true }));
});
`;

/** The example in a program that has installed the package: what it shows, and a way to use it. */
function open(url: string) {
  mkdirSync('dist/test', { recursive: true });
  const folder = mkdtempSync(resolve('dist/test/react-'));
  const { code } = transformSync(example.replace('ws://127.0.0.1:3001/production', url), {
    loader: 'jsx',
    jsx: 'automatic',
  });
  writeFileSync(join(folder, 'page.mjs'), page);
  writeFileSync(join(folder, 'example.mjs'), code.replace('limit: 50', 'limit: 3'));
  const child = spawn(process.execPath, ['--import', './page.mjs', 'example.mjs'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill();
    rmSync(folder, { recursive: true });
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async shows(wanted: string): Promise<void> {
      for (let line = ''; line !== wanted; ) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`the page ended, and showed "${line}" last, not "${wanted}"`);
        line = value;
      }
    },
    click: (label: 'Earlier' | 'Say hello') => child.stdin.write(`${label}\n`),
  };
}

describe('the example of docs/client.md in React', { timeout: 60_000 }, () => {
  it('[RH1][RH3][RH4][RH7][RH8] shows who is there and what they say, and lets one say something', async () => {
    expect(others).toEqual([]);
    const server = await startTestServer();
    const bob = await met(server.webSocketUrl, 'bob');
    for (const text of ['one', 'two', 'three']) await bob.sendChat(text);
    const view = open(server.webSocketUrl);
    await view.shows('open: Bob, Alice | Earlier | Bob: two | Bob: three | Say hello');
    const heard = nextEvent(bob, 'chat', ({ own }) => !own);
    view.click('Say hello');
    expect(await heard).toMatchObject({ data: 'Hello everybody', from: { userName: 'Alice' } });
    const hello = 'Alice: Hello everybody | Say hello';
    await view.shows(`open: Bob, Alice | Earlier | Bob: two | Bob: three | ${hello}`);
    view.click('Earlier');
    await view.shows(`open: Bob, Alice | Bob: one | Bob: two | Bob: three | ${hello}`);
    await bob.leave();
    await view.shows(`open: Alice | Bob: one | Bob: two | Bob: three | ${hello}`);
  });
});
