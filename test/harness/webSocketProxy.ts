import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { authorityOf, close, listen } from './listening.ts';
import type { Frame } from './TestClient.ts';

/** What becomes of a frame on its way from the server: so many of it arrive. */
type Copies = (frame: Frame, text: string) => number;

/** A network between clients and a server, which a test makes lose things. */
export type WebSocketProxy = {
  /** `ws://HOST:PORT/STAGE`, in the place of the server's. */
  readonly url: string;
  /** How many connections were asked for so far. */
  readonly connections: () => number;
  /** Ends all connections as a network does, without a close frame. */
  cut(): void;
};

/** Listens until the test is finished. */
export async function startWebSocketProxy(target: string, copies: Copies = () => 1): Promise<WebSocketProxy> {
  const http = await listen(createServer());
  const server = new WebSocketServer({ server: http });
  const pairs = new Set<readonly WebSocket[]>();
  let asked = 0;
  server.on('connection', (near, request) => {
    asked++;
    const address = new URL(target);
    address.search = new URL(request.url ?? '', target).search;
    const far = new WebSocket(address, request.headers['sec-websocket-protocol']?.split(/, ?/) ?? []);
    const pair = [near, far] as const;
    pairs.add(pair);
    const early: string[] = [];
    near.on('message', (data) => {
      if (far.readyState === WebSocket.OPEN) far.send(String(data));
      else early.push(String(data));
    });
    far.on('open', () => {
      for (const text of early) far.send(text);
    });
    far.on('message', (data) => {
      const text = String(data);
      for (let left = copies(JSON.parse(text) as Frame, text); left > 0; left--) near.send(text);
    });
    for (const [one, other] of [pair, [far, near] as const]) {
      one.on('error', () => {});
      one.on('close', () => {
        pairs.delete(pair);
        other.close();
      });
    }
  });
  const cut = () => {
    for (const socket of [...pairs].flat()) socket.terminate();
  };
  onTestFinished(() => {
    cut();
    close(http);
  });
  return { url: `ws://${authorityOf(http)}${new URL(target).pathname}`, connections: () => asked, cut };
}
