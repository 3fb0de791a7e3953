import type { SentChat } from './events.ts';
import type { MeetingClient } from './MeetingClient.ts';
import { queueFull } from './MeetingError.ts';
import type { Requests } from './Requests.ts';
import { snapshot } from './snapshot.ts';
import { CHAT_PATIENCE_MS, QUEUED } from './timing.ts';

/** What chats need. */
export type ChatPorts = {
  readonly meetingId: string;
  readonly requests: Requests;
  /** Called with a chat that the log has, before its promise resolves. */
  readonly onLogged: (data: unknown, sent: SentChat) => void;
};

/** Room for what a server adds to a message: names of 128 characters, ids, a stamp. */
const ENVELOPE_BYTES = 2048;

/** Sends chats to everyone, one after the other in the order of the calls; of those that wait there is a bound. */
export function createChats({ meetingId, requests, onLogged }: ChatPorts): MeetingClient['sendChat'] {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (given, { requestId } = {}) => {
    const data = snapshot(given);
    const fields = () => ({ action: 'sendMessage', meetingId, messageType: 'chat', data });
    // Now, and not when its turn comes.
    requests.encode(fields(), requestId, requests.limits.entryBytes - ENVELOPE_BYTES);
    if (waiting >= QUEUED) throw queueFull();
    waiting++;
    const reply = last
      .then(() => requests.submit({ fields, patienceMs: CHAT_PATIENCE_MS, requestId }))
      .finally(() => waiting--);
    last = reply.catch(() => {});
    const { seq, messageId } = await reply;
    const sent = { seq: Number(seq), messageId: String(messageId) };
    onLogged(data, sent);
    return sent;
  };
}
