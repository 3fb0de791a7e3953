import type { Backend } from './backend.ts';
import type { SharedConfig } from './environment.ts';
import { createLog, type Log } from './log.ts';

/** The log of a function: Lambda takes each line of standard output for a log event. */
export function createFunctionLog({ logLevel }: SharedConfig): Log {
  return createLog({ level: logLevel, write: (line) => process.stdout.write(`${line}\n`), now: Date.now });
}

/** Adds to a function's ports and log what is the same in all functions. */
export function createBackend(
  { membershipLimits }: SharedConfig,
  ports: Pick<Backend, 'meetings' | 'connections' | 'rateLimit' | 'log'>,
): Backend {
  const { meetings, connections, rateLimit, log } = ports;
  const newMessageId = () => crypto.randomUUID();
  return { meetings, connections, rateLimit, log, membershipLimits, now: Date.now, newMessageId };
}
