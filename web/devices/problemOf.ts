/**
 * Why there is no picture or sound: `denied` by the person or the browser's settings, `missing`: there is no such device,
 * `busy`: another program has it, `insecure`: the page came without HTTPS, `unplugged`: it was there, `failed`: anything
 * else.
 */
export type DeviceProblem = 'denied' | 'missing' | 'busy' | 'insecure' | 'unplugged' | 'failed';

const problems: Readonly<Record<string, DeviceProblem>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** Reads what `getUserMedia` was rejected with. */
export function problemOf(error: unknown): DeviceProblem {
  const name = error instanceof Error ? error.name : '';
  return problems[name] ?? 'failed';
}
