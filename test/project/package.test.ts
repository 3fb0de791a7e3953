import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { describe, expect, it } from 'vitest';
import { usePackedPackage } from '../harness/installedApp.ts';
import { met, nextEvent } from '../harness/meetingClient.ts';
import { openPage } from '../harness/page.ts';
import { startTestServer } from '../harness/server.ts';

const packed = usePackedPackage();
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

const bytesIn = (of: string): number =>
  readdirSync(of, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((bytes, { parentPath, name }) => bytes + statSync(join(parentPath, name)).size, 0);

describe('the package', () => {
  it('is what publint finds no fault with', async () => {
    const { messages } = await publint({ pkgDir: packed.folder, strict: true });
    expect(messages).toEqual([]);
  });

  it('exports what the root does, needs nothing, and may go to the registry, which the root may not', () => {
    const published = JSON.parse(readFileSync(join(packed.folder, 'package.json'), 'utf8'));
    const { name, version, exports } = manifest;
    expect(published).toMatchObject({ name, version, exports, sideEffects: false });
    expect(Object.keys(exports)).toEqual(['./client', './peers', './react', './token']);
    expect(published).not.toHaveProperty('dependencies');
    expect(published).not.toHaveProperty('scripts');
    expect(published).not.toHaveProperty('bin');
    expect(published.peerDependenciesMeta).toEqual({ react: { optional: true } });
    expect(published).not.toHaveProperty('private');
    expect(manifest.private).toBe(true);
  });

  it('has bundles, their types and maps, and three documents in it, and no more than a megabyte', () => {
    const files = readdirSync(packed.folder, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    const others = files
      .map(({ name }) => name)
      .filter((name) => !/\.d\.m?ts$/.test(name) && !/^index\.m?js(\.map)?$/.test(name));
    expect(others.toSorted()).toEqual(['LICENSE', 'PROTOCOL.md', 'README.md', 'package.json', 'peers.md']);
    expect(bytesIn(packed.folder)).toBeLessThan(1_000_000);
  });

  it('is not made by npm pack in the root, which says how it is', () => {
    const pack = () => execFileSync('npm', ['pack', '--dry-run'], { encoding: 'utf8', stdio: 'pipe' });
    expect(pack).toThrow(/npm run pack:client/);
  });
});

describe('an app that has installed the package', { timeout: 120_000 }, () => {
  it('of Vite, TypeScript and React is checked and built, and meets', async () => {
    const server = await startTestServer();
    const assets = join(await packed.build(server.webSocketUrl), 'assets');
    const [script = ''] = readdirSync(assets).filter((name) => name.endsWith('.js'));

    const bob = await met(server.webSocketUrl, 'bob');
    await bob.sendChat('Hello');
    const page = openPage(join(assets, script));
    const buttons = 'Say hello | Signal nobody';
    await page.shows(`open Alice Bob | Bob: Hello | ${buttons}`);
    const heard = nextEvent(bob, 'chat', ({ own }) => !own);
    page.click('Say hello');
    expect(await heard).toMatchObject({ data: 'Hello from Vite', from: { userName: 'Alice' } });
    await page.shows(`open Alice Bob | Bob: Hello | Alice: Hello from Vite | ${buttons}`);
    // An error is of the one class that the app imports, too.
    page.click('Signal nobody');
    await page.shows(`open Alice Bob target_not_found | Bob: Hello | Alice: Hello from Vite | ${buttons}`);
  });

  it('of Node and ws joins, chats, prints what it gets, and leaves', async () => {
    const app = await packed.install('node');
    const server = await startTestServer();
    const bob = await met(server.webSocketUrl, 'bob');
    const heard = nextEvent(bob, 'chat');
    const left = nextEvent(bob, 'participantLeft');
    const child = spawn(process.execPath, ['join.mjs', server.webSocketUrl], {
      cwd: app,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
    expect(await heard).toMatchObject({ data: 'Hello from Node', from: { userName: 'Alice' } });
    await bob.sendChat('Hello Alice');
    expect(await left).toMatchObject({ reason: 'left', participant: { userName: 'Alice' } });
    expect(await exited).toEqual([0, null]);
    expect(printed).toBe('Alice, Bob\nAlice: Hello from Node\nBob: Hello Alice\n');
  });
});
