import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Entry, EntryPage, EntryRange } from '../meeting/ports.ts';
import { isGapless, takePage } from '../meeting/takePage.ts';
import type { MeetingId } from '../protocol/ids.ts';
import type { DynamoLog } from './DynamoLog.ts';
import { type EntryItem, entryKey, entryOfItem, type HeadItem, headKey, seqOf } from './logItems.ts';
import { hasExpired, type Store } from './store.ts';

/** How long a writer has, once a reader misses its line. */
const PATIENCE_MS = [50, 100, 250];
/** How far `sealed` may lag behind what readers know to be settled: writing it costs more than looking once more. */
const SEAL_LAG = 20;
/** How many lines are read at once where the caller takes all there are. */
const WINDOW = 100;
/** How many voids in a row leave {@link DynamoLogReader} unsure whether anything has expired. */
const VOIDS = 20;
/** What clocks may differ by, and a writer may take between its clock and its seq; generously. */
const SKEW_MS = 3_600_000;

/** Lines from one to another, both included, to be read in either direction. */
type Window = {
  readonly meetingId: MeetingId;
  readonly from: number;
  readonly to: number;
  readonly direction: 'up' | 'down';
  /** At most so many. */
  readonly limit: number;
};

/** Items in the order of the direction, up to and with the line `reached`. */
type Items = { readonly items: readonly EntryItem[]; readonly reached: number };

/**
 * Reads a meeting's log, so that what was read once never changes: a seq without a line is waited for, and then voided.
 *
 * All up to `sealed` is settled, so that what is missing there has expired. It is advanced by readers.
 */
export class DynamoLogReader {
  readonly #store: Store;
  readonly #log: DynamoLog;

  constructor(store: Store, log: DynamoLog) {
    this.#store = store;
    this.#log = log;
  }

  /** As promised by `Meetings.entries`. */
  async entries(range: EntryRange): Promise<EntryPage> {
    const { meetingId, limit } = range;
    const head = await this.#log.readHead(meetingId);
    const last = head?.seq ?? 0;
    if ('before' in range) {
      const to = Math.min(range.before - 1, last);
      const window = { meetingId, from: 1, to, direction: 'down', limit: limit + 1 } as const;
      const { taken, more } = await this.#page(window, head, limit);
      return { entries: taken.toReversed(), more, unbroken: false };
    }
    const to = Math.min(range.through ?? last, last);
    const window = { meetingId, from: range.after + 1, to, direction: 'up', limit: limit + 1 } as const;
    const [{ taken, more }, unbroken] = await Promise.all([
      this.#page(window, head, limit),
      this.#isUnbroken(meetingId, range.after, head),
    ]);
    return { entries: taken, more, unbroken: unbroken && isGapless(range.after, taken) };
  }

  /** Sees to it that no line up to the head will be written after this. */
  async settle(meetingId: MeetingId, head: HeadItem): Promise<void> {
    for await (const _ of this.#chunks(upTo(meetingId, head, sealedOf(head)), head));
  }

  /** All lines after one, up to the head. */
  async since(meetingId: MeetingId, head: HeadItem, after: number): Promise<readonly Entry[]> {
    const lines: Entry[] = [];
    for await (const chunk of this.#chunks(upTo(meetingId, head, after), head)) lines.push(...chunk);
    return lines;
  }

  async #page(
    window: Window,
    head: HeadItem | undefined,
    limit: number,
  ): Promise<ReturnType<typeof takePage>> {
    const lines: Entry[] = [];
    for await (const chunk of this.#chunks(window, head)) {
      lines.push(...chunk);
      const page = takePage(lines, limit);
      if (page.more) return page;
    }
    return takePage(lines, limit);
  }

  /** Reads a window part by part. */
  async *#chunks(window: Window, head: HeadItem | undefined): AsyncIterable<readonly Entry[]> {
    const sealed = sealedOf(head);
    // Whose seq was taken before the head was read has had that time once this has waited it out, in whichever part.
    const patience = PATIENCE_MS.values();
    let rest = window;
    try {
      while (rest.from <= rest.to) {
        const { items, reached } = await this.#settled(partOf(rest, sealed), sealed, patience);
        rest = window.direction === 'up' ? { ...rest, from: reached + 1 } : { ...rest, to: reached - 1 };
        yield items.filter((item) => !hasExpired(item, this.#store.now())).map(entryOfItem);
      }
    } finally {
      if (window.from <= sealed + 1) await this.#seal(window.meetingId, rest.from - 1, sealed);
    }
  }

  /** Reads lines; where one is missing, gives its writer time, and then sees to it that it never comes. */
  async #settled(window: Window, sealed: number, patience: Iterator<number>): Promise<Items> {
    for (;;) {
      const read = await this.#read(window);
      const holes = missing(window, read, sealed);
      if (holes.length === 0) return read;
      const delay = patience.next();
      if (!delay.done) await this.#store.sleep(delay.value);
      else await Promise.all(holes.map((seq) => this.#log.putVoid(window.meetingId, seq)));
    }
  }

  async #read({ meetingId, from, to, direction, limit }: Window): Promise<Items> {
    const { documents, tables } = this.#store;
    const { Items = [], LastEvaluatedKey } = await documents.send(
      new QueryCommand({
        TableName: tables.meetings,
        KeyConditionExpression: 'meetingId = :meetingId AND #item BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: {
          ':meetingId': meetingId,
          ':from': entryKey(meetingId, from).item,
          ':to': entryKey(meetingId, to).item,
        },
        ConsistentRead: true,
        ScanIndexForward: direction === 'up',
        Limit: limit,
      }),
    );
    const items = Items as EntryItem[];
    const last = items.at(-1);
    const end = direction === 'up' ? to : from;
    return { items, reached: LastEvaluatedKey && last ? seqOf(last) : end };
  }

  /** Lines expire in the order of their seqs: where one has long to live, so have all that follow. */
  async #isUnbroken(meetingId: MeetingId, after: number, head: HeadItem | undefined): Promise<boolean> {
    if (!head || after >= head.seq) return true;
    const { historyTtlSeconds, now } = this.#store;
    const safeMs = now() + SKEW_MS;
    if (Date.parse(head.createdAt) + historyTtlSeconds * 1000 > safeMs) return true;
    const window = { meetingId, from: 1, to: after + 1, direction: 'down', limit: VOIDS } as const;
    const { items } = await this.#read(window);
    // A void may have been put there long after the lines around it were written.
    const witness = items.find(({ text }) => text !== undefined);
    return witness !== undefined && !hasExpired(witness, safeMs);
  }

  /** Lets later readers start from here. It only spares them work, so nothing depends on its success. */
  async #seal(meetingId: MeetingId, reached: number, sealed: number): Promise<void> {
    if (reached - sealed < SEAL_LAG) return;
    const { documents, tables } = this.#store;
    const update = new UpdateCommand({
      TableName: tables.meetings,
      Key: headKey(meetingId),
      UpdateExpression: 'SET sealed = :reached',
      ConditionExpression: 'attribute_exists(epoch) AND (attribute_not_exists(sealed) OR sealed < :reached)',
      ExpressionAttributeValues: { ':reached': reached },
    });
    await documents.send(update).catch(() => {});
  }
}

const upTo = (meetingId: MeetingId, { seq }: HeadItem, after: number): Window => ({
  meetingId,
  from: after + 1,
  to: seq,
  direction: 'up',
  limit: WINDOW,
});

/** What of a window is read next. Above `sealed` each seq has a line: no more seqs are taken than lines wanted. */
function partOf(window: Window, sealed: number): Window {
  const { from, to, direction, limit } = window;
  if (direction === 'up') return { ...window, to: Math.min(to, Math.max(from - 1, sealed) + limit) };
  return to <= sealed ? window : { ...window, from: Math.max(from, sealed + 1, to - limit + 1) };
}

const sealedOf = (head: HeadItem | undefined): number => head?.sealed ?? 0;

/** The seqs above `sealed`, as far as was read, that have no line. */
function missing(
  { from, to, direction }: Window,
  { items, reached }: Items,
  sealed: number,
): readonly number[] {
  const [low, high] = direction === 'up' ? [from, reached] : [reached, to];
  const present = new Set(items.map(seqOf));
  const seqs: number[] = [];
  for (let seq = Math.max(low, sealed + 1); seq <= high; seq++) if (!present.has(seq)) seqs.push(seq);
  return seqs;
}
