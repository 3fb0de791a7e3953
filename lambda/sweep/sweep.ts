import { sweep } from '../../src/meeting/sweep.ts';
import type { Backend } from '../shared/backend.ts';
import { logErrors } from '../shared/logErrors.ts';

/** The schedule's function, every five minutes: ends what ended without anybody being told. */
export const createSweep = (backend: Backend) => async (): Promise<void> => {
  const { checked, removed, errors } = await sweep(backend);
  for (const { connectionId, meetingId } of removed) {
    backend.log.info('stale removed', { staleConnectionId: connectionId, meetingId });
  }
  backend.log.info('swept', { checked, removed: removed.length, failed: errors.length });
  logErrors(errors, {}, backend.log);
};
