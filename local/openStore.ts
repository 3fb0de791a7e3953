import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../lambda/shared/variables.ts';
import { EmbeddedMeetings } from '../src/embedded/EmbeddedMeetings.ts';
import { DatabaseInUse } from '../src/embedded/openDatabase.ts';
import type { Config } from './config.ts';

/** Opens the store of meetings in the configured folder, for this process alone. Throws a {@link ConfigError}. */
export function openStore({ dataDir, durability, historyTtlSeconds }: Config): EmbeddedMeetings {
  try {
    return new EmbeddedMeetings({
      path: databaseFile(dataDir),
      durability,
      historyTtlSeconds,
      now: Date.now,
      newId: randomUUID,
    });
  } catch (error) {
    if (error instanceof DatabaseInUse)
      throw new ConfigError(
        `DATA_DIR "${dataDir}" is in use by another server. Stop that one, or set DATA_DIR to another folder.`,
        { cause: error },
      );
    const reason = (error as Error).message;
    throw new ConfigError(
      `DATA_DIR "${dataDir}" can't be used: ${reason}. Set it to a folder that this user may write to, without such a file.`,
      { cause: error },
    );
  }
}

function databaseFile(dataDir: string): string {
  if (dataDir === ':memory:') return dataDir;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return join(dataDir, 'meetings.db');
}
