import { once } from 'node:events';
import WebSocket from 'ws';

/** Longer than either gateway takes for anything here, with a busy machine. */
const NOTHING_AFTER_MS = 1500;

/** A client of either gateway. */
export class Client {
  readonly webSocket: WebSocket;
  readonly connectionId: string;

  private constructor(webSocket: WebSocket, connectionId: string) {
    this.webSocket = webSocket;
    this.connectionId = connectionId;
  }

  /** Connects, and asks who it is. */
  static async connect(url: string): Promise<Client> {
    const webSocket = new WebSocket(url);
    await once(webSocket, 'open');
    const reply = once(webSocket, 'message');
    webSocket.send('{"action":"whoAmI"}');
    const [connectionId] = await reply;
    return new Client(webSocket, String(connectionId));
  }

  /** What follows first: a message, or the close's code; nothing, after a while. */
  async outcomeOf(act: (webSocket: WebSocket) => void): Promise<string> {
    const outcome = new Promise<string>((resolve) => {
      this.webSocket.once('message', (data) => resolve(String(data)));
      this.webSocket.once('close', (code) => resolve(`closed, ${code}`));
      setTimeout(() => resolve('nothing'), NOTHING_AFTER_MS);
    });
    act(this.webSocket);
    return outcome;
  }

  /** Closes, and resolves when the gateway has closed, too. */
  async close(code?: number, reason?: string): Promise<void> {
    if (this.webSocket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.webSocket, 'close');
    this.webSocket.close(code, reason);
    await closed;
  }
}

/** How an upgrade is answered: `101`, or the status that refuses it. */
export async function upgradeStatus(url: string): Promise<string> {
  const webSocket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    webSocket.on('open', () => {
      webSocket.close();
      resolve('101');
    });
    webSocket.on('unexpected-response', (_request, response) => {
      response.destroy();
      resolve(String(response.statusCode));
    });
    webSocket.on('error', reject);
  });
}
