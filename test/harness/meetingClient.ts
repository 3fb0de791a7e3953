import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type {
  ChatMessage,
  ClientEvents,
  MeetingClient,
  MeetingClientOptions,
} from '../../src/client/index.ts';
import { createMeetingClient } from '../../src/client/index.ts';

/** The next event of this name, of those that a test wants. */
export function nextEvent<Name extends keyof ClientEvents>(
  client: MeetingClient,
  name: Name,
  isWanted: (payload: ClientEvents[Name]) => boolean = () => true,
): Promise<ClientEvents[Name]> {
  return new Promise((resolve) => {
    const off = client.on(name, (payload) => {
      if (!isWanted(payload)) return;
      off();
      resolve(payload);
    });
  });
}

/** A client at this URL, in the meeting "standup" unless told otherwise; it is closed when the test is finished. */
export function meet(
  url: string,
  userId: string,
  options: Partial<MeetingClientOptions> = {},
): MeetingClient {
  const userName = userId.slice(0, 1).toUpperCase() + userId.slice(1);
  const client = createMeetingClient({
    ...{ url, meetingId: 'standup', userId, userName, webSocket: WebSocket },
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

/** A client as {@link meet} makes it, once it has been welcomed. */
export async function met(
  url: string,
  userId: string,
  options: Partial<MeetingClientOptions> = {},
): Promise<MeetingClient> {
  const client = meet(url, userId, options);
  await nextEvent(client, 'welcome');
  return client;
}

/** A `WebSocket` whose connections a test can cut, and count. */
export class CuttableSockets {
  readonly sockets: WebSocket[] = [];
  readonly webSocket: typeof WebSocket;

  constructor() {
    const { sockets } = this;
    this.webSocket = class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    } as typeof WebSocket;
  }

  /** Cuts the newest connection without a close frame. */
  cut(): void {
    this.sockets.at(-1)?.terminate();
  }
}

/** Keeps the chats that a client tells of. */
export function listen(client: MeetingClient): ChatMessage[] {
  const chats: ChatMessage[] = [];
  client.on('chat', (chat) => chats.push(chat));
  return chats;
}

/** Resolves when a client has told of a line of the log, or of one behind it. */
export async function reached(
  client: MeetingClient,
  chats: readonly ChatMessage[],
  seq: number,
): Promise<void> {
  while ((chats.at(-1)?.seq ?? 0) < seq) await nextEvent(client, 'chat');
}

/** What chats say. */
export const texts = (chats: readonly ChatMessage[]) => chats.map(({ data }) => data);
