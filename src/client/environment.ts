/** What a client uses of a WebSocket: those of browsers, of Node 22 and of `ws` have it. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

/** Makes a WebSocket, which connects at once. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** What browsers have, and Node has in part. */
type Surroundings = {
  readonly WebSocket?: WebSocketConstructor;
  readonly addEventListener?: (name: 'online', listener: () => void) => void;
  readonly removeEventListener?: (name: 'online', listener: () => void) => void;
};

const surroundings = globalThis as unknown as Surroundings;

/** The WebSocket that is there without being given: undefined in Node 20. */
export const ownWebSocket = (): WebSocketConstructor | undefined => surroundings.WebSocket;

/** Calls a listener when the network is back, where anybody tells. Returns what takes it away again. */
export function onOnline(listener: () => void): () => void {
  surroundings.addEventListener?.('online', listener);
  return () => surroundings.removeEventListener?.('online', listener);
}
