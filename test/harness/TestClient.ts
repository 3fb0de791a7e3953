import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';

/** A frame as a client reads it. */
export type Frame = Readonly<Record<string, unknown>>;

/** How an upgrade was refused. */
export type RefusedUpgrade = {
  readonly statusCode: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

/** What a client may ask for besides its URL. */
export type TestClientOptions = ClientOptions & { readonly protocols?: readonly string[] };

/** A WebSocket client that keeps every frame from the first on, so that a test can await them one by one. */
export class TestClient {
  readonly socket: WebSocket;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #frames: string[] = [];
  readonly #waiting: ((frame: string) => void)[] = [];
  #replies = 0;

  private constructor(url: string, { protocols = [], ...options }: TestClientOptions) {
    this.socket = new WebSocket(url, [...protocols], options);
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => this.#receive(String(data)));
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** Connects; rejects when the upgrade is refused. */
  static async connect(url: string, options: TestClientOptions = {}): Promise<TestClient> {
    const client = new TestClient(url, options);
    const refusal = once(client.socket, 'unexpected-response').then(([, response]) => {
      client.socket.terminate();
      throw new Error(`the upgrade of ${url} was refused with ${(response as IncomingMessage).statusCode}`);
    });
    const failure = once(client.socket, 'error').then(([error]) => Promise.reject(error));
    failure.catch(() => {});
    refusal.catch(() => {});
    await Promise.race([once(client.socket, 'open'), refusal, failure]);
    return client;
  }

  /** Connects in the expectation of being refused. */
  static async refused(url: string, options: TestClientOptions = {}): Promise<RefusedUpgrade> {
    const client = new TestClient(url, options);
    const [, response] = (await Promise.race([
      once(client.socket, 'unexpected-response'),
      once(client.socket, 'open').then(() => Promise.reject(new Error(`the upgrade of ${url} succeeded`))),
    ])) as [unknown, IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    client.socket.terminate();
    return {
      statusCode: response.statusCode ?? 0,
      headers: response.headers,
      body: Buffer.concat(chunks).toString(),
    };
  }

  /** Sends a value as JSON. */
  send(message: unknown): void {
    this.sendText(JSON.stringify(message));
  }

  /** Sends a text frame as it is. */
  sendText(text: string): void {
    this.socket.send(text);
  }

  /** The next frame that hasn't been read yet, as text. */
  nextText(): Promise<string> {
    const frame = this.#frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next frame that hasn't been read yet. */
  async next(): Promise<Frame> {
    return JSON.parse(await this.nextText()) as Frame;
  }

  /** Sends a message and returns the next frame, which must be its reply. */
  request(message: unknown): Promise<Frame> {
    this.send(message);
    return this.next();
  }

  /** Sends a text frame as it is and returns the next frame, which must be its reply. */
  requestText(text: string): Promise<Frame> {
    this.sendText(text);
    return this.next();
  }

  /** Sends a message and returns the frame that names its requestId; others stay to be read, in their order. */
  async replyTo(message: Frame): Promise<Frame> {
    const requestId = message.requestId ?? `reply-${++this.#replies}`;
    this.send({ ...message, requestId });
    return this.frame((frame) => frame.requestId === requestId);
  }

  /** The next frame that is meant; others stay to be read, in their order. */
  async frame(isMeant: (frame: Frame) => boolean): Promise<Frame> {
    const before: string[] = [];
    for (;;) {
      const text = await this.nextText();
      const frame = JSON.parse(text) as Frame;
      if (isMeant(frame)) {
        this.#frames.unshift(...before);
        return frame;
      }
      before.push(text);
    }
  }

  /** Sends a text message in frames of so many bytes. */
  sendFragments(text: string, bytes: number): void {
    const payload = Buffer.from(text);
    for (let from = 0; from < payload.length; from += bytes) {
      this.socket.send(payload.subarray(from, from + bytes), {
        binary: false,
        fin: from + bytes >= payload.length,
      });
    }
  }

  /** Frames that have come and that nobody has read. */
  get unread(): readonly Frame[] {
    return this.#frames.map((frame) => JSON.parse(frame) as Frame);
  }

  /** Throws away what has come and nobody has read. */
  forget(): void {
    this.#frames.length = 0;
  }

  /** Closes in the ordinary way and waits until that is done. */
  async close(code?: number, reason?: string): Promise<void> {
    this.socket.close(code, reason);
    await this.closed;
  }

  #receive(text: string): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(text);
    else this.#frames.push(text);
  }
}
