import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { entryOf, isRetry } from '../meeting/entry.ts';
import type { AppendOutcome, Connection, Entry, LogHead } from '../meeting/ports.ts';
import type { MessageFrame } from '../protocol/frames.ts';
import type { MeetingId } from '../protocol/ids.ts';
import {
  type EntryItem,
  entryKey,
  entryOfItem,
  type HeadItem,
  headKey,
  type RequestItem,
  requestKey,
} from './logItems.ts';
import { hasExpired, type Store } from './store.ts';
import { isConditionFailure, repeated, type TransactItems, transact, untilDone } from './transact.ts';

const DAY_SECONDS = 86_400;
const absent = { ConditionExpression: 'attribute_not_exists(#item)' };
const names = { '#item': 'item' };

/**
 * Writes a meeting's log.
 *
 * A line's seq is taken first, by itself: in a transaction, all who write to a meeting would conflict on its head. So a
 * writer may take one and never use it. Whoever notices (the writer, or a reader who waited for the line) puts a void
 * there; whoever comes to write its line and finds a void starts over with a new seq.
 */
export class DynamoLog {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Takes the next seq. What the line depends on must have been read before, so that lines follow causes. */
  async takeSeq(meetingId: MeetingId): Promise<number> {
    const { seq } = await this.#updateHead(meetingId, 1);
    return seq;
  }

  /** Where the log stands; makes a log that was never written to, so that its epoch stays. */
  async head(meetingId: MeetingId): Promise<LogHead> {
    const { epoch, seq } = await this.madeHead(meetingId);
    return { epoch, seq };
  }

  /** The head's item, which is there from now on. */
  async madeHead(meetingId: MeetingId): Promise<HeadItem> {
    return (await this.readHead(meetingId)) ?? (await this.#updateHead(meetingId, 0));
  }

  /** The head's item as it is now. */
  async readHead(meetingId: MeetingId): Promise<HeadItem | undefined> {
    const { documents, tables } = this.#store;
    const { Item } = await documents.send(
      new GetCommand({ TableName: tables.meetings, Key: headKey(meetingId), ConsistentRead: true }),
    );
    return Item as HeadItem | undefined;
  }

  /** Writes a line as part of a transaction, which fails if the seq was voided meanwhile. */
  putEntry(meetingId: MeetingId, { seq, text }: Entry): TransactItems[number] {
    const Item: EntryItem = { ...entryKey(meetingId, seq), text, ttl: this.#ttl() };
    return {
      Put: { TableName: this.#store.tables.meetings, Item, ...absent, ExpressionAttributeNames: names },
    };
  }

  /** Puts a void where there is no line. Nobody can write one there after that. */
  async putVoid(meetingId: MeetingId, seq: number): Promise<void> {
    const { documents, tables } = this.#store;
    const Item: EntryItem = { ...entryKey(meetingId, seq), ttl: this.#ttl() };
    const put = { TableName: tables.meetings, Item, ...absent, ExpressionAttributeNames: names };
    try {
      await repeated(() => documents.send(new PutCommand(put)), this.#store);
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }

  /** Gives up a seq, so that readers needn't wait for it; should that fail, they do. */
  async abandon(meetingId: MeetingId, seq: number): Promise<void> {
    await this.putVoid(meetingId, seq).catch(() => {});
  }

  /** As promised by `Meetings.appendChat`. */
  append(sender: Connection, frame: MessageFrame, requestId: string | undefined): Promise<AppendOutcome> {
    return untilDone(() => this.#tryAppend(sender, frame, requestId), this.#store);
  }

  async #tryAppend(
    { meetingId, userId }: Connection,
    frame: MessageFrame,
    requestId: string | undefined,
  ): Promise<AppendOutcome | 'conflict'> {
    const request = requestId === undefined ? undefined : await requestKey(meetingId, userId, requestId);
    const entry = entryOf(frame, await this.takeSeq(meetingId));
    const puts = [this.putEntry(meetingId, entry), ...(request ? [this.#putRequest(request, entry)] : [])];
    // A transaction even if it is of one item: its token tells a repeat from another's line.
    const token = this.#store.newId();
    const written = await transact(this.#store.documents, puts, { ...this.#store, token });
    if (written === 'committed') return { outcome: 'appended', entry };

    const [earlier] = await Promise.all([
      request && this.#requested(request),
      this.abandon(meetingId, entry.seq),
    ]);
    if (!earlier) return 'conflict';
    return isRetry(earlier, frame)
      ? { outcome: 'duplicate', entry: earlier }
      : { outcome: 'request-id-reused' };
  }

  #putRequest(key: Awaited<ReturnType<typeof requestKey>>, { seq }: Entry): TransactItems[number] {
    const nowSeconds = this.#store.now() / 1000;
    const Item = { ...key, seq, ttl: Math.ceil(nowSeconds) + DAY_SECONDS };
    return {
      Put: {
        TableName: this.#store.tables.meetings,
        Item,
        ConditionExpression: 'attribute_not_exists(#item) OR #ttl <= :now',
        ExpressionAttributeNames: { '#item': 'item', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':now': nowSeconds },
      },
    };
  }

  /** What the request was logged as. */
  async #requested(key: Awaited<ReturnType<typeof requestKey>>): Promise<Entry | undefined> {
    const request = (await this.#get(key)) as RequestItem | undefined;
    if (!request || hasExpired(request, this.#store.now())) return undefined;
    const item = (await this.#get(entryKey(key.meetingId, request.seq))) as EntryItem | undefined;
    // They were written together, and the line lives as long at the least.
    if (!item) throw new Error(`line ${request.seq} is missing, which a request was logged as`);
    return entryOfItem(item);
  }

  async #get(Key: { readonly meetingId: MeetingId; readonly item: string }): Promise<unknown> {
    const { documents, tables } = this.#store;
    const get = { TableName: tables.meetings, Key, ConsistentRead: true };
    return (await documents.send(new GetCommand(get))).Item;
  }

  /** A repeat after a lost answer takes one seq more, and leaves a hole that a reader fills. */
  async #updateHead(meetingId: MeetingId, step: 0 | 1): Promise<HeadItem> {
    const { documents, tables, newId, now } = this.#store;
    const update = {
      TableName: tables.meetings,
      Key: headKey(meetingId),
      UpdateExpression:
        'SET epoch = if_not_exists(epoch, :epoch), createdAt = if_not_exists(createdAt, :now) ADD seq :step',
      ExpressionAttributeValues: {
        ':epoch': newId(),
        ':now': new Date(now()).toISOString(),
        ':step': step,
      },
      ReturnValues: 'ALL_NEW' as const,
    };
    return (await repeated(() => documents.send(new UpdateCommand(update)), this.#store))
      .Attributes as HeadItem;
  }

  #ttl(): number {
    return Math.ceil(this.#store.now() / 1000) + this.#store.historyTtlSeconds;
  }
}
