import type { Frame } from '../../../src/client/frames.ts';
import { RequestRefused } from '../ApiConnection.ts';
import { NotConnected } from '../notConnected.ts';
import { connectionsOf, type LoadPlan } from './plan.ts';

/**
 * What to say of a plan that sends more than the deployment takes: messages above its limit are refused and not lost, which
 * whoever asked for them may not want to find out from the report.
 */
export function tooQuick({ limits }: Frame, plan: LoadPlan): string | undefined {
  const { messagesPerSecond } = (limits ?? {}) as { readonly messagesPerSecond?: number };
  const each = plan.rate / connectionsOf(plan);
  if (messagesPerSecond === undefined || messagesPerSecond === 0 || each <= messagesPerSecond)
    return undefined;
  return `Each connection will send ${each.toFixed(1)} messages a second, and this deployment takes ${messagesPerSecond}: expect rate_limited.`;
}

/** Counts a connection that was refused, by the code of PROTOCOL.md or of HTTP. */
export function countByCode(counts: Map<string, number>, error: unknown): void {
  const known = error instanceof NotConnected || error instanceof RequestRefused;
  const code = known ? error.code : 'unexpected';
  counts.set(code, (counts.get(code) ?? 0) + 1);
}
