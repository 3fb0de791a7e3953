// Bundles the server into dist/local/main.mjs, the command line into dist/local/cli.mjs, each function in lambda/ into
// dist/lambda/<function>/index.mjs with a zip beside it, and what others import, with its types: cloudmeetx/token into
// dist/token, cloudmeetx/client, cloudmeetx/peers and cloudmeetx/react into folders of these names. And the meeting page, by
// Vite, into dist/web. What is current is skipped, so that `npm start` is quick.
//
//   node scripts/build.mjs            everything
//   node scripts/build.mjs --server   the server alone
//   node scripts/build.mjs --cli      the command line alone
//   node scripts/build.mjs --client   the client alone, and what is made on it
//   node scripts/build.mjs --package  what others import, which scripts/pack-client.mjs packs
//   node scripts/build.mjs --web      the page alone
//   node scripts/build.mjs --probe    the probe alone, which tests of a deployed stage ask: test/probe
//   node scripts/build.mjs --force    everything, current or not
//   node scripts/build.mjs --out=DIR  into another folder than dist
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import { innerNames } from './clientNames.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const flags = new Set(process.argv.slice(2));
const out = resolve(
  root,
  [...flags].find((flag) => flag.startsWith('--out='))?.slice('--out='.length) ?? 'dist',
);

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
  outfile: join(out, 'local/main.mjs'),
  options: { ...common, entryPoints: ['local/main.ts'], packages: 'external' },
};

// What only some commands need, the SDK of AWS, is loaded by those: the rest of it is in a folder beside.
const cli = {
  outfile: join(out, 'local/cli.mjs'),
  chunks: join(out, 'local/cli'),
  options: {
    ...common,
    entryPoints: { cli: 'local/cli.ts' },
    packages: 'external',
    splitting: true,
    chunkNames: 'cli/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
  },
};

// With all it needs inside: whoever mints tokens may copy it from here.
const token = {
  outfile: join(out, 'token/index.mjs'),
  declarations: { of: 'src/auth/mintToken.ts', file: join(out, 'token/index.d.mts') },
  options: { ...common, entryPoints: ['src/auth/mintToken.ts'], platform: 'neutral', mainFields: ['module'] },
};

const functionOf = (folder, bundleFolder) => ({
  outfile: join(out, `${bundleFolder}/index.mjs`),
  zip: join(out, `${bundleFolder}.zip`),
  options: {
    ...common,
    entryPoints: [`${folder}/index.ts`],
    minify: true,
    mainFields: ['module', 'main'],
    // Some of the SDK is CommonJS inside, and asks for Node's own modules by require.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  },
});

const functions = readdirSync(`${root}lambda`)
  .filter((name) => existsSync(`${root}lambda/${name}/index.ts`))
  .map((name) => functionOf(`lambda/${name}`, `lambda/${name}`));
const probe = functionOf('test/probe', 'probe/probe');

// A page pays for each byte: there is no word on a source map.
const browser = { ...common, platform: 'neutral', target: 'es2022', minify: true, sourcemap: false };

const client = {
  outfile: join(out, 'client/index.js'),
  // Of all that is made on the client as well: it is one type everywhere.
  types: 'tsconfig.client.json',
  // Types that others are made of go into no bundle.
  sources: ['src/client', 'src/protocol'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  ),
  options: {
    ...browser,
    entryPoints: ['src/client/index.ts'],
    // Names within are short.
    mangleProps: new RegExp(`^(${innerNames.join('|')})$`),
  },
  minifyAgain: true,
};

/** What the client exports is another module of the package: there is one of it, and its errors are of one class. */
const clientOutside = {
  name: 'client-outside',
  setup({ onResolve }) {
    const outside = { path: 'cloudmeetx/client', external: true, sideEffects: false };
    onResolve({ filter: /^\.\.\/(index|MeetingError)\.ts$/ }, ({ importer }) =>
      /[/\\]client[/\\](peers|react)[/\\]/.test(importer) ? outside : undefined,
    );
  },
};

const onClient = (name) => ({
  outfile: join(out, `${name}/index.js`),
  options: { ...browser, entryPoints: [`src/client/${name}/index.ts`], plugins: [clientOutside] },
  minifyAgain: true,
});

const peers = onClient('peers');

const react = {
  ...onClient('react'),
  options: {
    ...onClient('react').options,
    external: ['react'],
  },
};

const page = {
  outfile: join(out, 'web/index.html'),
  // Not all that Vite reads is a module.
  sources: readdirSync(`${root}web`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map(({ parentPath, name }) => relative(root, join(parentPath, name))),
  vite: 'web/vite.config.ts',
};

const chosen = {
  ...{ '--server': [server], '--web': [page], '--cli': [cli], '--probe': [probe] },
  '--client': [client, peers, react],
  '--package': [client, peers, react, token],
};
const some = Object.keys(chosen).filter((flag) => flags.has(flag));
const all = [server, page, cli, token, client, peers, react, ...functions];
for (const target of some.length > 0 ? some.flatMap((flag) => chosen[flag]) : all) {
  if (flags.has('--force') || !isCurrent(target)) await bundle(target);
}

async function bundle({
  outfile,
  chunks,
  zip,
  declarations,
  types,
  vite,
  minifyAgain,
  sources = [],
  options,
}) {
  // Their names change with what is in them.
  if (chunks) rmSync(chunks, { recursive: true, force: true });
  const into = chunks ? { outdir: dirname(outfile) } : { outfile };
  const bytes = vite
    ? await buildPage(vite, dirname(outfile))
    : bytesByInput((await build({ ...options, ...into })).metafile);
  if (minifyAgain) {
    // Another minifier finds what the first leaves: 2 %.
    const { minifySync } = await import('vite');
    writeFileSync(outfile, minifySync(outfile, readFileSync(outfile, 'utf8'), { module: true }).code);
  }
  if (declarations) declare(declarations);
  if (types) {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const folder = join(dirname(outfile), 'types');
    // Nothing of what has gone from the sources stays.
    rmSync(folder, { recursive: true, force: true });
    execFileSync(process.execPath, [tsc, '-p', join(root, types), '--outDir', folder]);
  }
  if (zip) writeZip(zip, { 'index.mjs': readFileSync(outfile) });
  const others = Object.fromEntries(
    ['package-lock.json', 'scripts/build.mjs', 'scripts/clientNames.mjs', ...sources].map((name) => [
      name,
      0,
    ]),
  );
  mkdirSync(dirname(inputsFile(outfile)), { recursive: true });
  writeFileSync(inputsFile(outfile), JSON.stringify({ ...others, ...bytes }));
}

/** Builds the page into a folder, and tells how many bytes of it each module is. */
async function buildPage(configFile, outDir) {
  // Half a second to load, which whoever builds no page shouldn't wait for.
  const vite = await import('vite');
  const { output } = await vite.build({
    configFile: join(root, configFile),
    logLevel: 'warn',
    build: { outDir },
  });
  const modules = output.flatMap((chunk) => Object.entries(chunk.modules ?? {}));
  return Object.fromEntries(
    modules
      .filter(([id]) => existsSync(id))
      .map(([id, { renderedLength }]) => [relative(root, id), renderedLength]),
  );
}

/** Writes the declarations of a module whose types name nothing of its imports. */
function declare({ of, file }) {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-types-'));
  // Types are checked elsewhere (npm run types).
  const flags = [
    '--ignoreConfig',
    '--declaration',
    '--emitDeclarationOnly',
    '--noCheck',
    '--rootDir',
    '.',
    '--outDir',
    folder,
  ];
  const language = ['--target', 'es2023', '--module', 'preserve', '--allowImportingTsExtensions', '--strict'];
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...flags, ...language, of], {
    cwd: root,
    stdio: 'inherit',
  });
  copyFileSync(join(folder, of.replace(/\.ts$/, '.d.ts')), file);
  rmSync(folder, { recursive: true });
}

/** How many bytes of the bundle each of its inputs is: none of those that were dropped. */
function bytesByInput({ inputs, outputs }) {
  const [bundled] = Object.values(outputs).filter(({ entryPoint }) => entryPoint);
  return Object.fromEntries(
    Object.keys(inputs).map((input) => [input, bundled?.inputs[input]?.bytesInOutput ?? 0]),
  );
}

/** The same bytes for the same files: zips carry times, which are set to the first that they can express. */
function writeZip(file, files) {
  // Lambda unpacks with the permissions that a zip made on Unix says: readable by all.
  const attributes = { os: 3, attrs: (0o100644 << 16) >>> 0 };
  writeFileSync(file, zipSync(files, { level: 9, mtime: new Date(1980, 0, 1), ...attributes }));
}

function isCurrent({ outfile, zip = outfile, declarations = { file: outfile } }) {
  if (![outfile, zip, declarations.file, inputsFile(outfile)].every((file) => existsSync(file))) return false;
  const builtAtMs = statSync(outfile).mtimeMs;
  const inputs = JSON.parse(readFileSync(inputsFile(outfile), 'utf8'));
  return Object.keys(inputs).every(
    (input) => existsSync(join(root, input)) && statSync(join(root, input)).mtimeMs < builtAtMs,
  );
}

/** What went into a bundle, in bytes by input, is kept beside all of them, where nobody zips it. */
function inputsFile(outfile) {
  return join(out, '.inputs', `${outfile.slice(out.length + 1).replaceAll(/[/\\]/g, '-')}.json`);
}
