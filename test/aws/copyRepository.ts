import { cpSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** What a clean checkout doesn't have, and what in one's own folder may be large. */
const notCopied = new Set([
  '.git',
  'node_modules',
  'dist',
  'cdk.out',
  'coverage',
  '.components',
  '.cloudmeetx',
]);

/** Makes a folder what the repository is after `npm ci`: nothing is built yet, and nobody else builds there. */
export function copyRepository(folder: string): void {
  cpSync('.', folder, { recursive: true, filter: (source) => !notCopied.has(basename(source)) });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
}
