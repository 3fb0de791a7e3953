// Packs what others install: the client, peers, hooks and tokens, and nothing of the server, which has dependencies of
// 60 MB (docs/decisions/0020-the-published-package.md). The package is put together in dist/package, with a package.json of its
// own, and packed beside it: `npm publish dist/package` publishes it.
//
//   node scripts/pack-client.mjs             dist/package, and dist/cloudmeetx-<version>.tgz
//   node scripts/pack-client.mjs --out=DIR   into another folder than dist
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const flags = process.argv.slice(2);
if (flags.includes('--refuse-root')) {
  console.error(
    'Here it would pack the server as well. What others install is packed by: npm run pack:client',
  );
  process.exit(1);
}
const [given] = flags.filter((flag) => flag.startsWith('--out='));
const out = resolve(root, given?.slice('--out='.length) ?? 'dist');
const folder = join(out, 'package');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(folder, { recursive: true, force: true });
// Built there anew, so that nothing is packed that an earlier build has left.
run(process.execPath, ['scripts/build.mjs', '--package', `--out=${join(folder, 'dist')}`], root);
rmSync(join(folder, 'dist/.inputs'), { recursive: true });
const documents = {
  LICENSE: 'LICENSE',
  'docs/client.md': 'README.md',
  'docs/peers.md': 'peers.md',
  'docs/PROTOCOL.md': 'PROTOCOL.md',
};
for (const [from, to] of Object.entries(documents)) copyFileSync(join(root, from), join(folder, to));
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`);
mkdirSync(out, { recursive: true });
run('npm', ['pack', '--loglevel=error', '--pack-destination', out], folder);

/** The package.json of what is published: what the root's says of it, and no dependencies. */
function published({ name, version, license, type, exports, engines }) {
  return {
    ...{ name, version },
    description:
      'The client of CloudMeetX: meetings over one WebSocket, peer connections, React hooks, tokens',
    ...{ license, type, exports },
    sideEffects: false,
    files: ['dist', '*.md'],
    engines,
    peerDependencies: { react: '>=18' },
    peerDependenciesMeta: { react: { optional: true } },
  };
}

function run(command, args, cwd) {
  // npm is a batch file on Windows.
  execFileSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
}
