import type { WebSocketConstructor } from './ClientSocket.ts';

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
