import type { Backend } from '../lambda/shared/backend.ts';
import { createSweep } from '../lambda/sweep/sweep.ts';
import type { EmbeddedMeetings } from '../src/embedded/EmbeddedMeetings.ts';

/** As often as the schedule on AWS. */
const SWEEP_INTERVAL_MS = 5 * 60_000;

/** Sweeps and prunes, every five minutes unless told otherwise, until it is stopped. */
export function startSweeping(
  store: EmbeddedMeetings,
  backend: Backend,
  intervalMs = SWEEP_INTERVAL_MS,
): { readonly stop: () => void } {
  const sweep = createSweep(backend);
  const run = () =>
    void Promise.all([sweep(), store.prune()]).catch((error) => backend.log.error('error', { error }));
  const timer = setInterval(run, intervalMs).unref();
  return { stop: () => clearInterval(timer) };
}
