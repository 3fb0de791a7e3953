import type { SendReport } from '../../src/meeting/deliver.ts';
import type { Log, LogFields } from './log.ts';
import { logErrors } from './logErrors.ts';

/** Logs what became of sends that did not reach their recipients, and what went wrong beside. */
export function logSends({ failed, stale, errors }: SendReport, context: LogFields, log: Log): void {
  if (failed.length > 0) log.warn('send failed', { ...context, failed: failed.length });
  for (const gone of stale) log.info('stale removed', { ...context, staleConnectionId: gone.connectionId });
  logErrors(errors, context, log);
}
