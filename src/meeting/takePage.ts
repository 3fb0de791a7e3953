import { protocolLimits } from '../protocol/limits.ts';
import type { Entry } from './ports.ts';

/**
 * As many lines as one frame may carry: `limit` of them and 64 KB, and always one, however long. Reads one line more
 * than it takes, to know whether there is one.
 */
export function takePage(
  entries: Iterable<Entry>,
  limit: number,
): { readonly taken: readonly Entry[]; readonly more: boolean } {
  const taken: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += Buffer.byteLength(entry.text) + 1;
    const full = taken.length === limit || bytes > protocolLimits.entryPageBytes;
    if (full && taken.length > 0) return { taken, more: true };
    taken.push(entry);
  }
  return { taken, more: false };
}

/** Whether lines follow another one by one, so that nothing between them has expired. */
export const isGapless = (after: number, entries: readonly Entry[]): boolean =>
  entries.every(({ seq }, index) => seq === after + 1 + index);
