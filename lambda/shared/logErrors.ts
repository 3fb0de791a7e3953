import type { Log, LogFields } from './log.ts';

/** Logs what went wrong beside what a client asked for: it got what it wanted, and others may not have. */
export function logErrors(errors: readonly unknown[], context: LogFields, log: Log): void {
  for (const error of errors) log.error('error', { ...context, error });
}
