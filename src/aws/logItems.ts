import { voidEntry } from '../meeting/entry.ts';
import type { Entry } from '../meeting/ports.ts';
import type { MeetingId, UserId } from '../protocol/ids.ts';

/** Where a meeting's log stands. Never expires, so that no `seq` is used twice. */
export type HeadItem = {
  readonly epoch: string;
  /** ISO 8601: when the log began. */
  readonly createdAt: string;
  readonly seq: number;
  /** No line up to this one will be written any more: what is missing there has expired. Absent: 0. */
  readonly sealed?: number;
};

/** A line of the log. */
export type EntryItem = {
  readonly meetingId: MeetingId;
  readonly item: string;
  /** Absent on a void. */
  readonly text?: string;
  /** Epoch seconds. */
  readonly ttl: number;
};

/** What a client's request was logged as. */
export type RequestItem = { readonly seq: number; readonly ttl: number };

const ENTRY_PREFIX = 'entry#';

/** The key of a log's head. */
export const headKey = (meetingId: MeetingId) => ({ meetingId, item: 'head' });

/** The key of a line; sorted as text, lines come in their order. */
export const entryKey = (meetingId: MeetingId, seq: number) => ({
  meetingId,
  item: `${ENTRY_PREFIX}${String(seq).padStart(12, '0')}`,
});

/** Which line an item is. */
export const seqOf = ({ item }: Pick<EntryItem, 'item'>): number => Number(item.slice(ENTRY_PREFIX.length));

/** A line's item as the line. */
export function entryOfItem(item: EntryItem): Entry {
  const seq = seqOf(item);
  return item.text === undefined ? voidEntry(seq) : { seq, text: item.text };
}

/**
 * The key of what a client's request was logged as. A digest, since two ids of 512 bytes don't fit a sort key
 * of 1,024 with anything beside them, and since both may contain any separator but a control character.
 */
export async function requestKey(meetingId: MeetingId, userId: UserId, requestId: string) {
  const name = new TextEncoder().encode(`${userId}\0${requestId}`);
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', name));
  return { meetingId, item: `req#${digest.toString('hex')}` };
}
