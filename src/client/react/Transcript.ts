import type { ChatMessage, HistoryPage, HistoryRange, LogEntry, MeetingClient } from '../index.ts';

/** How a chat is read. `limit`: lines of the log at a time, 1 to 300; joins and leaves are lines, too. */
export type ChatOptions = { readonly limit?: number };

/** A chat to everyone. `own`: this client sent it. */
export type ChatEntry = ChatMessage;

/**
 * What is shown of a meeting's chat.
 *
 * `history`: `reading` while a part of the log is on its way; `more`: there is something before what is shown;
 * `complete`: there isn't; `failed`: a part could not be read, and `earlier` tries again.
 */
export type Chat = {
  /** In the order of the log, each once. The same array until there is another. */
  readonly entries: readonly ChatEntry[];
  readonly history: 'reading' | 'more' | 'complete' | 'failed';
  /** Reads what was said before. Resolves when that is shown, or has failed; it never rejects. */
  readonly earlier: () => Promise<void>;
};

/** What there is before there is a client. */
export const noChat: Chat = { entries: [], history: 'reading', earlier: async () => {} };

/**
 * A meeting's chat as a component shows it, while somebody is subscribed: what the client tells of, and parts of the log
 * before that. Whoever subscribes after everyone had gone begins anew.
 */
export class Transcript {
  readonly #client: MeetingClient;
  readonly #limit: number;
  #chat: Chat = { ...noChat, earlier: () => this.#earlier() };
  readonly #listeners = new Set<() => void>();
  #stop: () => void = () => {};
  /** The first line that was read; undefined until one was. */
  #first: number | undefined;
  #reading: Promise<void> | undefined;
  /** What an earlier reading brings is of no use any more. */
  #readings = 0;

  constructor(client: MeetingClient, limit: number) {
    this.#client = client;
    this.#limit = limit;
  }

  /** What is shown now. */
  readonly read = (): Chat => this.#chat;

  /** Calls with each change. Returns what stops it. */
  readonly subscribe = (onChange: () => void): (() => void) => {
    if (this.#listeners.size === 0) this.#start();
    this.#listeners.add(onChange);
    return () => {
      this.#listeners.delete(onChange);
      if (this.#listeners.size > 0) return;
      this.#stop();
      this.#readings++;
    };
  };

  #start(): void {
    const client = this.#client;
    const offs = [
      client.on('chat', (chat) => this.#show([chat])),
      client.on('logGap', () => this.#begin()),
      client.on('welcome', () => {
        if (this.#chat.history === 'failed') void this.#earlier();
      }),
    ];
    this.#stop = () => {
      for (const off of offs) off();
    };
    this.#begin();
  }

  /** What was shown is of another log, or has a hole in it. */
  #begin(): void {
    this.#first = undefined;
    this.#change({ entries: [] });
    void this.#readEarlier();
  }

  #earlier(): Promise<void> {
    if (this.#chat.history === 'complete') return Promise.resolve();
    return this.#reading ?? this.#readEarlier();
  }

  #readEarlier(): Promise<void> {
    const count = ++this.#readings;
    const reading = this.#readPages(() => this.#readings === count);
    this.#reading = reading;
    this.#change({ history: 'reading' });
    return reading;
  }

  /** Reads backwards until there is a chat to show. */
  async #readPages(isWanted: () => boolean): Promise<void> {
    try {
      let history: Chat['history'] = 'reading';
      while (history === 'reading') {
        const before: HistoryRange = this.#first === undefined ? {} : { before: this.#first };
        const page = await this.#client.history({ ...before, limit: this.#limit });
        if (!isWanted()) return;
        history = this.#take(page);
      }
      this.#finish(history);
    } catch {
      if (isWanted()) this.#finish('failed');
    }
  }

  #take({ entries, more }: HistoryPage): Chat['history'] {
    this.#first = entries[0]?.seq ?? this.#first;
    const chats = entries.flatMap((entry) => this.#chatOf(entry));
    this.#show(chats);
    if (!more) return 'complete';
    return chats.length > 0 ? 'more' : 'reading';
  }

  #finish(history: Chat['history']): void {
    this.#reading = undefined;
    this.#change({ history });
  }

  #chatOf(entry: LogEntry): ChatMessage[] {
    if (entry.type !== 'chat') return [];
    const { session, userId } = entry.from;
    const own = session === this.#client.session && userId === this.#client.self?.userId;
    return [{ ...entry, own } as ChatMessage];
  }

  /** Puts chats in their places, but for those that are there. */
  #show(chats: readonly ChatMessage[]): void {
    const { entries } = this.#chat;
    const shown = new Set(entries.map(({ seq }) => seq));
    const others = chats.filter(({ seq }) => !shown.has(seq));
    if (others.length > 0) this.#change({ entries: [...entries, ...others].sort((a, b) => a.seq - b.seq) });
  }

  #change(change: Partial<Chat>): void {
    this.#chat = { ...this.#chat, ...change };
    for (const listener of this.#listeners) listener();
  }
}
