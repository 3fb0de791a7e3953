import type { Backend } from './backend.ts';
import type { SharedConfig } from './environment.ts';
import { createLog } from './log.ts';

/** Adds to a function's ports what is the same in all functions: the log, the time, new ids. */
export function createBackend(
  { logLevel, membershipLimits }: SharedConfig,
  { meetings, connections, rateLimit }: Pick<Backend, 'meetings' | 'connections' | 'rateLimit'>,
): Backend {
  return {
    meetings,
    connections,
    rateLimit,
    membershipLimits,
    // Lambda takes each line of standard output for a log event.
    log: createLog({ level: logLevel, write: (line) => process.stdout.write(`${line}\n`), now: Date.now }),
    now: Date.now,
    newMessageId: () => crypto.randomUUID(),
  };
}
