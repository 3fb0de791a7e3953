import { protocolLimits } from './limits.ts';

/** Why a JSON value can't be relayed as it was sent; undefined when it can. */
export function faultOfData(value: unknown): string | undefined {
  return faultWithin(value, protocolLimits.dataDepth);
}

/** Stops at the limit, so that the check itself can't overflow the stack. */
function faultWithin(value: unknown, levels: number): string | undefined {
  // JSON.parse makes Infinity of 1e400, and JSON.stringify null of that.
  if (typeof value === 'number' && !Number.isFinite(value))
    return 'holds a number over 1.8e308: send it as a string';
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return `may nest at most ${protocolLimits.dataDepth} deep`;
  for (const child of Object.values(value)) {
    const fault = faultWithin(child, levels - 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
