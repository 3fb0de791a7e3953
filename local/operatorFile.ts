import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';

/** Where a server's operator reaches it, and the token for it. */
export type OperatorFile = { readonly url: string; readonly token: string };

const fileIn = (dataDir: string): string => join(dataDir, 'operator.json');

/** The token of a server: as configured, else a new one if there is a folder to keep it in. */
export function operatorTokenOf({ operatorToken, dataDir }: Config): string | undefined {
  if (operatorToken !== undefined) return operatorToken;
  return dataDir === ':memory:' ? undefined : randomBytes(32).toString('base64url');
}

/**
 * Leaves a made-up token for the command line, which may read it if it runs as the same user. Returns what deletes it.
 * Throws if the disk refuses.
 */
export function leaveOperatorFile({ operatorToken, dataDir }: Config, told: OperatorFile): () => void {
  if (operatorToken !== undefined || dataDir === ':memory:') return () => {};
  const file = fileIn(dataDir);
  const draft = `${file}.${process.pid}`;
  // A file that is there keeps its mode, whatever it is written with.
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(told)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(draft, file);
  return () => rmSync(file, { force: true });
}

/** What the server of this folder has left; undefined where none runs, or where it may not be read. */
export function readOperatorFile(dataDir: string): OperatorFile | undefined {
  try {
    const { url, token } = JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as Partial<OperatorFile>;
    return typeof url === 'string' && typeof token === 'string' ? { url, token } : undefined;
  } catch {
    return undefined;
  }
}
