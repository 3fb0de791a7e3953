import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { productionPackages } from './productionPackages.ts';

/** One function, unpacked as it would be deployed. */
export type Build = {
  readonly functionName: string;
  readonly kind: 'bundled' | 'unbundled';
  readonly taskRoot: string;
  readonly files: number;
  /** Of what a process may load: the bundle, or all files. */
  readonly bytes: number;
  readonly zipBytes: number;
};

/** The functions there are, by what `npm run build` has made: without the one that authorizes, whose answer is no status. */
export function builtFunctions(root: string): readonly string[] {
  const zips = readdirSync(join(root, 'dist/lambda')).filter((file) => file.endsWith('.zip'));
  const names = zips.map((file) => file.replace('.zip', ''));
  return names.filter((name) => name !== 'authorize').sort();
}

/** Unpacks the zip that would be deployed. */
export function unpackBundled(root: string, functionName: string, taskRoot: string): Build {
  const zip = readFileSync(join(root, `dist/lambda/${functionName}.zip`));
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    mkdirSync(dirname(join(taskRoot, name)), { recursive: true });
    writeFileSync(join(taskRoot, name), bytes);
  }
  return { functionName, kind: 'bundled', taskRoot, ...sizesOf(taskRoot), zipBytes: zip.byteLength };
}

/**
 * Makes the same function without a bundler: each source file transpiled by tsc, beside the packages that it needs
 * as npm installs them.
 */
export function makeUnbundled(root: string, functionName: string, taskRoot: string): Build {
  const entry = `lambda/${functionName}/index`;
  mkdirSync(taskRoot, { recursive: true });
  const tsconfig = join(root, `dist/bench-${functionName}.tsconfig.json`);
  const compilerOptions = {
    noEmit: false,
    outDir: taskRoot,
    rootDir: root,
    rewriteRelativeImportExtensions: true,
  };
  const config = { extends: '../tsconfig.json', compilerOptions, include: [], files: [`../${entry}.ts`] };
  writeFileSync(tsconfig, JSON.stringify(config));
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', tsconfig], { cwd: root, stdio: 'inherit' });
  writeFileSync(join(taskRoot, 'package.json'), '{"type":"module"}');
  writeFileSync(join(taskRoot, 'index.mjs'), `export { handler } from './${entry}.js';\n`);
  for (const folder of productionPackages(root, filesOf(taskRoot))) {
    cpSync(join(root, folder), join(taskRoot, folder), {
      recursive: true,
      filter: (file) => !file.slice(join(root, folder).length).includes('node_modules'),
    });
  }
  const zipBytes = zipSync(contentsOf(taskRoot), { level: 9 }).byteLength;
  return { functionName, kind: 'unbundled', taskRoot, ...sizesOf(taskRoot), zipBytes };
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function sizesOf(folder: string): { files: number; bytes: number } {
  const sizes = filesOf(folder).map((file) => statSync(file).size);
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

function contentsOf(folder: string): Record<string, Uint8Array> {
  return Object.fromEntries(filesOf(folder).map((file) => [relative(folder, file), readFileSync(file)]));
}
