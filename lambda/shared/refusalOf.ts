import { ProtocolError } from '../../src/protocol/errors.ts';
import type { Log, LogFields } from './log.ts';

/**
 * What a client is told of an error that reached a handler's boundary, which is where errors are logged, once: a
 * client's fault as it is, one of ours as `internal_error`.
 */
export function refusalOf(error: unknown, log: Log, context: LogFields): ProtocolError {
  if (!(error instanceof ProtocolError)) {
    log.error('error', { ...context, error });
    return new ProtocolError('internal_error');
  }
  const fields = { ...context, code: error.code };
  // Whoever floods us must not make us flood the log.
  if (error.code === 'rate_limited') log.debug('refused', fields);
  else log.info('refused', fields);
  return error;
}
