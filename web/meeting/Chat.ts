import { type ReadonlySignal, signal } from '@preact/signals';
import { type ChatMessage, type Clock, type HistoryPage, MeetingError } from '../../src/client/index.ts';
import { type ChatLine, lineOfChat, linesOfEntry, textOf } from './chatLines.ts';
import { requestSentence } from './failures.ts';
import type { CallClient } from './ports.ts';

/** A message of one's own that is not in the log yet. */
export type PendingMessage = {
  readonly requestId: string;
  readonly text: string;
  readonly state: { readonly kind: 'sending' } | { readonly kind: 'failed'; readonly sentence: string };
};

/** What came before the lines that are shown. */
export type Earlier = 'none' | 'some' | 'loading';

const PAGE = 50;

/** The meeting's chat: what was said, what waits to be sent, and what has not been read. */
export class Chat {
  readonly #client: CallClient;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #lines = signal<readonly ChatLine[]>([]);
  readonly #pending = signal<readonly PendingMessage[]>([]);
  readonly #earlier = signal<Earlier>('loading');
  readonly #unread = signal(0);
  #view: 'open' | 'closed' = 'closed';
  #oldestSeq = 0;
  /** Tells a page of history that is still wanted from one that was overtaken by a re-reading. */
  #reading = 0;

  constructor(
    client: CallClient,
    { clock, random }: { readonly clock: Clock; readonly random: () => number },
  ) {
    this.#client = client;
    this.#clock = clock;
    this.#random = random;
  }

  /** In the log's order. */
  get lines(): ReadonlySignal<readonly ChatLine[]> {
    return this.#lines;
  }

  get pending(): ReadonlySignal<readonly PendingMessage[]> {
    return this.#pending;
  }

  get earlier(): ReadonlySignal<Earlier> {
    return this.#earlier;
  }

  /** How many messages of others came while the chat was closed. */
  get unread(): ReadonlySignal<number> {
    return this.#unread;
  }

  /** Whether it is being looked at. */
  setView(view: 'open' | 'closed'): void {
    this.#view = view;
    if (view === 'open') this.#unread.value = 0;
  }

  /** Sends a text; {@link pending} has it until it is in the log. */
  send(text: string): void {
    const requestId = `${this.#clock.now().toString(36)}.${this.#random().toString(36).slice(2)}`;
    this.#pending.value = [...this.#pending.value, { requestId, text, state: { kind: 'sending' } }];
    void this.#submit(requestId, text);
  }

  /** Sends again what has failed: it is in the log once, even if the first time did it. */
  retry(requestId: string): void {
    const message = this.#pending.value.find((other) => other.requestId === requestId);
    if (message?.state.kind !== 'failed') return;
    this.#setPending(requestId, { kind: 'sending' });
    void this.#submit(requestId, message.text);
  }

  /** Shows what was said before a line of the log, in place of all that is shown. */
  async readBefore(seq: number): Promise<void> {
    this.#reading++;
    this.#lines.value = [];
    this.#oldestSeq = seq;
    await this.#readPage();
  }

  /** Reads the log's end anew, in place of all that is shown. */
  async readAgain(): Promise<void> {
    await this.readBefore(Number.MAX_SAFE_INTEGER);
  }

  /** Shows a page more of what was said before. */
  async showEarlier(): Promise<void> {
    if (this.#earlier.value === 'some') await this.#readPage();
  }

  /** Takes a chat at its place in the log. */
  take(chat: ChatMessage): void {
    const line = lineOfChat(chat, chat.own ? 'own' : 'other');
    if (this.#lines.value.some(({ key }) => key === line.key)) return;
    if (chat.own) this.#settle(textOf(chat.data));
    else if (this.#view === 'closed') this.#unread.value++;
    this.#lines.value = [...this.#lines.value, line];
  }

  /** Tells that somebody came or went. */
  note(kind: 'joined' | 'left' | 'removed', name: string): void {
    const at = new Date(this.#clock.now()).toISOString();
    const key = `${kind} ${name} ${this.#clock.elapsedMs()} ${this.#lines.value.length}`;
    this.#lines.value = [...this.#lines.value, { kind, key, name, at }];
  }

  async #readPage(): Promise<void> {
    const reading = this.#reading;
    this.#earlier.value = 'loading';
    try {
      const before = this.#oldestSeq;
      const range = before === Number.MAX_SAFE_INTEGER ? {} : { before };
      const page = await this.#client.history({ ...range, limit: PAGE });
      if (reading === this.#reading) this.#prepend(page);
    } catch {
      if (reading === this.#reading) this.#earlier.value = 'some';
    }
  }

  #prepend({ entries, more }: HistoryPage): void {
    const known = new Set(this.#lines.value.map(({ key }) => key));
    const lines = entries.flatMap((entry) => linesOfEntry(entry, this.#client.self?.userId));
    this.#lines.value = [...lines.filter(({ key }) => !known.has(key)), ...this.#lines.value];
    this.#oldestSeq = entries[0]?.seq ?? this.#oldestSeq;
    this.#earlier.value = more ? 'some' : 'none';
  }

  async #submit(requestId: string, text: string): Promise<void> {
    try {
      await this.#client.sendChat(text, { requestId });
      this.#pending.value = this.#pending.value.filter((other) => other.requestId !== requestId);
    } catch (error) {
      const sentence = requestSentence(error instanceof MeetingError ? error : { code: 'unknown' });
      this.#setPending(requestId, { kind: 'failed', sentence });
    }
  }

  /** The log shows it: it doesn't wait any more. Chats go out in their order, so of equal ones it is the first. */
  #settle(text: string): void {
    const settled = this.#pending.value.find((message) => message.text === text);
    if (settled) this.#pending.value = this.#pending.value.filter((message) => message !== settled);
  }

  #setPending(requestId: string, state: PendingMessage['state']): void {
    this.#pending.value = this.#pending.value.map((message) =>
      message.requestId === requestId ? { ...message, state } : message,
    );
  }
}
