import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The files of code below some folders, tests excepted. */
export const sourcesIn = (...folders: readonly string[]): readonly string[] =>
  folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
