// Runs a script of infra/ with what it needs: built functions, and its own dependencies.
//
//   node scripts/infra.mjs <script> [arguments of the script]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const infra = `${root}infra`;
const [script, ...args] = process.argv.slice(2);
if (!script) throw new Error('Which script of infra/package.json? node scripts/infra.mjs <script>');

const isOfProbe = script.endsWith(':probe');
if (!isOfProbe) run('node', ['scripts/build.mjs'], root);
if (isOfProbe || script === 'test') run('node', ['scripts/build.mjs', '--probe'], root);
// npm writes this file last, so that an installation that was broken off is done again.
if (!existsSync(`${infra}/node_modules/.package-lock.json`)) run('npm', ['ci'], infra);
run('npm', ['run', script, '--', ...args], infra);

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
