import type { ChatMessage, LogEntry } from '../../src/client/index.ts';

/** A line of the chat as it is shown. */
export type ChatLine =
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly author: string;
      readonly place: 'own' | 'other';
      readonly text: string;
      /** ISO 8601. */
      readonly at: string;
    }
  | {
      readonly kind: 'joined' | 'left' | 'removed';
      readonly key: string;
      readonly name: string;
      readonly at: string;
    };

/** Reads a chat's data: a text, `{ text }` of other clients, or whatever it is. */
export function textOf(data: unknown): string {
  if (typeof data === 'string') return data;
  if (typeof data === 'object' && data !== null && 'text' in data && typeof data.text === 'string')
    return data.text;
  return JSON.stringify(data);
}

/** A chat as a line. */
export function lineOfChat(chat: Omit<ChatMessage, 'own'>, place: 'own' | 'other'): ChatLine {
  const { from, data, timestamp, messageId } = chat;
  return { kind: 'message', key: messageId, author: from.userName, place, text: textOf(data), at: timestamp };
}

/** A line of the log as it is shown; none of it for what nobody wants to see, such as one's own coming and going. */
export function linesOfEntry(entry: LogEntry, selfId: string | undefined): readonly ChatLine[] {
  if (entry.type === 'void') return [];
  if (!isEvent(entry))
    return [lineOfChat({ ...entry, type: 'chat' }, entry.from.userId === selfId ? 'own' : 'other')];
  const { data, seq, timestamp } = entry;
  if (data.userId === selfId) return [];
  const line = { key: `line ${seq}`, name: data.userName, at: timestamp };
  if (data.eventType === 'user-joined') return [{ ...line, kind: 'joined' }];
  if (data.eventType !== 'user-left') return [];
  return [{ ...line, kind: data.reason === 'kicked' ? 'removed' : 'left' }];
}

type EventEntry = Extract<LogEntry, { readonly type: 'event' }>;

const isEvent = (entry: LogEntry): entry is EventEntry => entry.type === 'event' && 'origin' in entry;
