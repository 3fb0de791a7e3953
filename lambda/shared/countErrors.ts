import type { Telemetry } from '../../src/meeting/ports.ts';
import type { Log } from './log.ts';

/** A log whose errors are counted. */
export function withCountedErrors(log: Log, telemetry: Telemetry): Log {
  return {
    ...log,
    error(event, fields) {
      telemetry.count('Errors', 1);
      log.error(event, fields);
    },
  };
}
