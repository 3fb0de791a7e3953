import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { onTestFinished } from 'vitest';
import { decodeFrame, encodeFrame, type FrameToSend, opcodes, type RawFrame } from './rawFrames.ts';

/** An upgrade request, right or wrong: what isn't given is as in that of a well-behaved client. */
export type UpgradeRequest = {
  readonly method?: string;
  /** Path and query; the URL's unless given. */
  readonly target?: string;
  /** Added to the usual ones, or instead of them; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
};

/** The server's answer to the upgrade request. Header names are in lower case. */
export type HttpAnswer = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What a close frame said. */
export type ReceivedClose = { readonly code: number; readonly reason: string };

/**
 * A WebSocket client made of bytes, for what a library wouldn't send or would do by itself. It answers a close frame,
 * and nothing else: no pings. When the test is finished, its socket is destroyed.
 */
export class RawClient {
  readonly socket: Socket;
  /** The answer to the upgrade request; rejects if the socket closes without one. */
  readonly answer: Promise<HttpAnswer>;
  /** Resolves when the socket has closed, with what the server's close frame said, if there was one. */
  readonly closed: Promise<ReceivedClose | undefined>;
  readonly #url: URL;
  readonly #frames: RawFrame[] = [];
  readonly #waiting: ((frame: RawFrame | undefined) => void)[] = [];
  #received: Buffer = Buffer.alloc(0);
  #isUpgraded = false;
  #isClosed = false;
  #close: ReceivedClose | undefined;

  private constructor(socket: Socket, url: URL) {
    this.socket = socket;
    this.#url = url;
    // A server that cuts us off is what many tests are about; they await `closed`.
    socket.on('error', () => {});
    this.answer = new Promise((resolve, reject) => {
      socket.on('data', (chunk) => this.#onData(chunk, resolve));
      socket.on('close', () => reject(new Error('the socket closed before there was an answer')));
    });
    this.answer.catch(() => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', () => resolve(this.#close));
    });
    socket.on('close', () => this.#onClose());
  }

  /** Connects a socket and sends nothing. */
  static async connect(url: string): Promise<RawClient> {
    const { hostname, port, protocol } = new URL(url);
    const isSecure = protocol === 'wss:';
    const socket = isSecure
      ? connectTls({ host: hostname, port: Number(port || 443), servername: hostname })
      : connect(Number(port || 80), hostname);
    const client = new RawClient(socket, new URL(url));
    onTestFinished(() => client.destroy());
    await once(socket, isSecure ? 'secureConnect' : 'connect');
    return client;
  }

  /** Connects and upgrades; rejects when the answer isn't 101. */
  static async open(url: string, request: UpgradeRequest = {}): Promise<RawClient> {
    const client = await RawClient.connect(url);
    client.sendUpgrade(request);
    const { statusCode } = await client.answer;
    if (statusCode !== 101) throw new Error(`the upgrade of ${url} was refused with ${statusCode}`);
    return client;
  }

  /** Connects in the expectation of being refused. */
  static async refused(url: string, request: UpgradeRequest = {}): Promise<HttpAnswer> {
    const client = await RawClient.connect(url);
    client.sendUpgrade(request);
    const answer = await client.answer;
    if (answer.statusCode === 101) throw new Error(`the upgrade of ${url} succeeded`);
    return answer;
  }

  /** Asks for the upgrade. */
  sendUpgrade({ method = 'GET', target, headers = {} }: UpgradeRequest = {}): void {
    const lines = Object.entries({
      Host: this.#url.host,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': '13',
      ...headers,
    }).flatMap(([name, value]) => [value ?? []].flat().map((one) => `${name}: ${one}\r\n`));
    const path = target ?? `${this.#url.pathname}${this.#url.search}`;
    this.sendBytes(Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'));
  }

  /** Sends one frame. */
  sendFrame(frame: FrameToSend): void {
    this.sendBytes(encodeFrame(frame));
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** The next frame that hasn't been read yet; undefined when the socket has closed without another. */
  nextFrame(): Promise<RawFrame | undefined> {
    const frame = this.#frames.shift();
    if (frame || this.#isClosed) return Promise.resolve(frame);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The payload of the next frame as text. */
  async nextText(): Promise<string | undefined> {
    return (await this.nextFrame())?.payload.toString();
  }

  /** Stops reading, so that what the server sends piles up. */
  pause(): void {
    this.socket.pause();
  }

  /** Reads on. */
  resume(): void {
    this.socket.resume();
  }

  /** Says, in TCP's words, that nothing more will be sent. */
  end(): void {
    this.socket.end();
  }

  /** Resets the connection, as a peer that crashed. */
  destroy(): void {
    // Node resets plain sockets only; one of TLS just goes away.
    if (this.#url.protocol === 'wss:') this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  #onData(chunk: Buffer, onAnswer: (answer: HttpAnswer) => void): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    if (!this.#isUpgraded) {
      const parsed = parseAnswer(this.#received);
      if (!parsed) return;
      this.#isUpgraded = parsed.answer.statusCode === 101;
      this.#received = parsed.rest;
      onAnswer(parsed.answer);
    }
    if (this.#isUpgraded) this.#readFrames();
  }

  #readFrames(): void {
    for (let next = decodeFrame(this.#received); next; next = decodeFrame(this.#received)) {
      this.#received = next.rest;
      const { frame } = next;
      if (frame.opcode === opcodes.close) this.#onCloseFrame(frame.payload);
      const waiting = this.#waiting.shift();
      if (waiting) waiting(frame);
      else this.#frames.push(frame);
    }
  }

  #onCloseFrame(payload: Buffer): void {
    const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
    this.#close ??= { code, reason: payload.subarray(2).toString() };
    this.sendFrame({ opcode: opcodes.close, payload: payload.subarray(0, 2) });
  }

  #onClose(): void {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0)) waiting(undefined);
  }
}

/** Reads an HTTP answer with the length of its body; undefined while it isn't there completely. */
function parseAnswer(bytes: Buffer): { answer: HttpAnswer; rest: Buffer } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines
      .map((line) => line.split(/:\s*(.*)/s, 2) as [string, string])
      .map(([name, value]) => [name.toLowerCase(), value]),
  );
  const bodyStart = headEnd + 4;
  const bodyEnd = bodyStart + Number(headers['content-length'] ?? 0);
  if (bytes.length < bodyEnd) return undefined;
  const body = bytes.subarray(bodyStart, bodyEnd).toString();
  return {
    answer: { statusCode: Number(statusLine.split(' ')[1]), headers, body },
    rest: bytes.subarray(bodyEnd),
  };
}
