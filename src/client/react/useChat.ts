import { useMemo, useSyncExternalStore } from 'react';
import type { MeetingClient } from '../index.ts';
import { type Chat, type ChatOptions, noChat, Transcript } from './Transcript.ts';

/** Lines of the log that are read at a time, unless told otherwise. */
const LIMIT = 50;

/**
 * What is said to everyone: the last chats of the log, then each as it comes; `earlier` reads those before. Without a
 * client there is nothing yet.
 */
export function useChat(client: MeetingClient | undefined, { limit = LIMIT }: ChatOptions = {}): Chat {
  const { subscribe, read } = useMemo(
    () => (client ? new Transcript(client, limit) : nothing),
    [client, limit],
  );
  return useSyncExternalStore(subscribe, read, read);
}

const nothing = { subscribe: () => () => {}, read: () => noChat };
