// Bundles the server into dist/local/main.mjs. Skips it when nothing that went into it has changed since, so that
// `npm start` is quick; --force builds always.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = `${root}dist/local/main.mjs`;
const inputsFile = `${outfile}.inputs.json`;

if (process.argv.includes('--force') || !isCurrent()) await bundle();

async function bundle() {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['local/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
  });
  const inputs = [...Object.keys(metafile.inputs), 'package-lock.json', 'scripts/build.mjs'];
  writeFileSync(inputsFile, JSON.stringify(inputs));
}

function isCurrent() {
  if (!existsSync(outfile) || !existsSync(inputsFile)) return false;
  const builtAtMs = statSync(outfile).mtimeMs;
  const inputs = JSON.parse(readFileSync(inputsFile, 'utf8'));
  return inputs.every((input) => existsSync(root + input) && statSync(root + input).mtimeMs < builtAtMs);
}
