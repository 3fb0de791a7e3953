// Bundles the server into dist/local/main.mjs, and each function in lambda/ into dist/lambda/<function>/index.mjs with a
// zip beside it. What is current is skipped, so that `npm start` is quick.
//
//   node scripts/build.mjs            everything
//   node scripts/build.mjs --server   the server alone
//   node scripts/build.mjs --force    everything, current or not
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { zipSync } from 'fflate';

const root = fileURLToPath(new URL('..', import.meta.url));
const flags = new Set(process.argv.slice(2));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  // Bundles run wherever Node 20 does; Lambda's own is newer.
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
};

const server = {
  outfile: 'dist/local/main.mjs',
  options: { ...common, entryPoints: ['local/main.ts'], packages: 'external' },
};

const functions = readdirSync(`${root}lambda`)
  .filter((name) => existsSync(`${root}lambda/${name}/index.ts`))
  .map((name) => ({
    outfile: `dist/lambda/${name}/index.mjs`,
    zip: `dist/lambda/${name}.zip`,
    options: {
      ...common,
      entryPoints: [`lambda/${name}/index.ts`],
      minify: true,
      mainFields: ['module', 'main'],
      // Some of the SDK is CommonJS inside, and asks for Node's own modules by require.
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    },
  }));

for (const target of flags.has('--server') ? [server] : [server, ...functions]) {
  if (flags.has('--force') || !isCurrent(target)) await bundle(target);
}

async function bundle({ outfile, zip, options }) {
  const { metafile } = await build({ ...options, outfile });
  if (zip) writeZip(zip, { 'index.mjs': readFileSync(root + outfile) });
  const inputs = [...Object.keys(metafile.inputs), 'package-lock.json', 'scripts/build.mjs'];
  mkdirSync(`${root}dist/.inputs`, { recursive: true });
  writeFileSync(inputsFile(outfile), JSON.stringify(inputs));
}

/** The same bytes for the same files: zips carry times, which are set to the first that they can express. */
function writeZip(file, files) {
  writeFileSync(root + file, zipSync(files, { level: 9, mtime: new Date(1980, 0, 1) }));
}

function isCurrent({ outfile, zip }) {
  if (![root + outfile, zip ? root + zip : root, inputsFile(outfile)].every(existsSync)) return false;
  const builtAtMs = statSync(root + outfile).mtimeMs;
  const inputs = JSON.parse(readFileSync(inputsFile(outfile), 'utf8'));
  return inputs.every((input) => existsSync(root + input) && statSync(root + input).mtimeMs < builtAtMs);
}

function inputsFile(outfile) {
  return `${root}dist/.inputs/${outfile.replaceAll('/', '_')}.json`;
}
