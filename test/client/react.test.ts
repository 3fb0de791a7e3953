import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { transformSync } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { met, nextEvent } from '../harness/meetingClient.ts';
import { openPage } from '../harness/page.ts';
import { startTestServer } from '../harness/server.ts';

const [example = '', ...others] = [
  ...readFileSync('docs/client.md', 'utf8').matchAll(/```jsx\n([\s\S]*?)```/g),
].map(([, code]) => code ?? '');

/** The example as a file of a program that has installed the package. It reads fewer lines at a time. */
function writeExample(url: string): string {
  mkdirSync('dist/test', { recursive: true });
  const folder = mkdtempSync(resolve('dist/test/react-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const source = example.replace('ws://127.0.0.1:3001/production', url).replace('limit: 50', 'limit: 3');
  const { code } = transformSync(source, { loader: 'jsx', jsx: 'automatic' });
  const file = join(folder, 'example.mjs');
  writeFileSync(file, code);
  return file;
}

describe('the example of docs/client.md in React', { timeout: 60_000 }, () => {
  it('[RH1][RH3][RH4][RH7][RH8] shows who is there and what they say, and lets one say something', async () => {
    expect(others).toEqual([]);
    const server = await startTestServer();
    const bob = await met(server.webSocketUrl, 'bob');
    for (const text of ['one', 'two', 'three']) await bob.sendChat(text);
    const page = openPage(writeExample(server.webSocketUrl));
    await page.shows('open: Alice, Bob | Earlier | Bob: two | Bob: three | Say hello');
    const heard = nextEvent(bob, 'chat', ({ own }) => !own);
    page.click('Say hello');
    expect(await heard).toMatchObject({ data: 'Hello everybody', from: { userName: 'Alice' } });
    const hello = 'Alice: Hello everybody | Say hello';
    await page.shows(`open: Alice, Bob | Earlier | Bob: two | Bob: three | ${hello}`);
    page.click('Earlier');
    await page.shows(`open: Alice, Bob | Bob: one | Bob: two | Bob: three | ${hello}`);
    await bob.leave();
    await page.shows(`open: Alice | Bob: one | Bob: two | Bob: three | ${hello}`);
  });
});
