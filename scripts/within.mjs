// Runs a script of a folder that has a package.json of its own, with what it needs: built functions, and its own
// dependencies.
//
//   node scripts/within.mjs <folder> <script> [arguments of the script]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name, script, ...args] = process.argv.slice(2);
if (!name || !script) throw new Error('Which script? node scripts/within.mjs <folder> <script>');
const folder = `${root}${name}`;

const isOfProbe = script.endsWith(':probe');
if (!isOfProbe) run('node', ['scripts/build.mjs'], root);
if (isOfProbe || script === 'test') run('node', ['scripts/build.mjs', '--probe'], root);
// npm writes this file last, so that an installation that was broken off is done again.
if (!existsSync(`${folder}/node_modules/.package-lock.json`)) run('npm', ['ci'], folder);
run('npm', ['run', script, '--', ...args], folder);

function run(command, commandArgs, cwd) {
  const { status, error } = spawnSync(command, commandArgs, {
    cwd,
    stdio: 'inherit',
    // npm is a batch file on Windows.
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
