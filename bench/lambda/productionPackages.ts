import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Manifest = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

/**
 * The folders, below the root, of the packages that some JavaScript files import, and of all that those depend on: what
 * `npm ci --omit=dev` would install for these files alone.
 */
export function productionPackages(root: string, files: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string, from: string) => {
    const folder = resolvePackage(root, name, from);
    if (!folder || found.has(folder)) return;
    found.add(folder);
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
    const dependencies = { ...manifest.dependencies, ...manifest.optionalDependencies };
    for (const dependency of Object.keys(dependencies)) visit(dependency, folder);
  };
  for (const name of files.flatMap(importedPackages)) visit(name, '.');
  return [...found];
}

function importedPackages(file: string): readonly string[] {
  if (!/\.m?js$/.test(file)) return [];
  const specifiers = readFileSync(file, 'utf8').matchAll(/\bfrom '((?:@[^/']+\/)?[^./'][^/']*)[^']*'/g);
  return [...specifiers].flatMap(([, name = '']) => (name.startsWith('node:') ? [] : [name]));
}

/** As Node looks for it: in the `node_modules` of each folder from here up. */
function resolvePackage(root: string, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(root, candidate, 'package.json'))) return candidate;
    if (folder === '.') return undefined;
  }
}
