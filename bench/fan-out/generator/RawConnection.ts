import { connect, type Socket } from 'node:net';
import { frameOf, pong } from './clientFrame.ts';
import { FrameReader } from './FrameReader.ts';
import type { Protocol } from './job.ts';

/** One for all connections: what is in it is read before the next read begins. */
const received = Buffer.allocUnsafeSlow(256 * 1024);

/** Where to connect, and as whom. */
export type RawConnectionOptions = {
  readonly url: string;
  readonly protocol: Protocol;
  readonly meetingId: string;
  readonly userId: string;
  /** After each read of the socket, with the text frames that have begun in it. */
  readonly onRead?: (read: { readonly bytes: number; readonly texts: number }) => void;
};

/** A WebSocket connection that does no more than it must, so that the generator isn't the limit. */
export class RawConnection {
  readonly reader: FrameReader;
  /** Resolves when the connection is a member of its meeting. */
  readonly opened: Promise<void>;
  isClosed = false;
  #isOpen = false;
  readonly #socket: Socket;
  readonly #options: RawConnectionOptions;
  #handshake: string | undefined = '';
  #onOpened: () => void = () => {};

  constructor(options: RawConnectionOptions) {
    this.#options = options;
    const { hostname, port } = new URL(options.url);
    this.reader = new FrameReader((kind) => {
      if (kind === 'ping') this.#socket.write(pong);
    });
    const callback = (bytes: number) => {
      this.#read(bytes);
      return true;
    };
    this.#socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: { buffer: received, callback },
    });
    this.opened = new Promise((resolve, reject) => {
      this.#onOpened = () => {
        this.#isOpen = true;
        resolve();
      };
      this.#socket.once('error', reject);
      this.#socket.once('close', () => reject(new Error(`closed before it was open: ${this.#handshake}`)));
    });
    this.#socket.on('close', () => {
      this.isClosed = true;
    });
    this.#socket.write(this.#request());
  }

  /** Sends frames that are masked already. */
  write(frames: Buffer): void {
    this.#socket.write(frames);
  }

  /** Ends the TCP connection. */
  close(): void {
    this.#socket.on('error', () => {});
    this.#socket.destroy();
  }

  #read(bytes: number): void {
    if (this.#handshake === undefined) {
      const wasOpen = this.#isOpen;
      const { texts: before } = this.reader;
      this.reader.read(received, 0, bytes);
      if (wasOpen) this.#options.onRead?.({ bytes, texts: this.reader.texts - before });
      return;
    }
    this.#handshake += received.toString('latin1', 0, bytes);
    const end = this.#handshake.indexOf('\r\n\r\n') + 4;
    if (end < 4) return;
    if (!this.#handshake.startsWith('HTTP/1.1 101 ')) {
      this.close();
      return;
    }
    const rest = Buffer.from(this.#handshake.slice(end), 'latin1');
    this.#handshake = undefined;
    if (this.#options.protocol === 'socket.io') this.#joinSocketIo();
    else this.#onOpened();
    this.reader.read(rest, 0, rest.length);
  }

  /** Engine.IO says `0{…}`, we `40`, and Socket.IO `40{…}`: we are connected then. */
  #joinSocketIo(): void {
    this.reader.onText = (chunk, start, end) => {
      const text = chunk.toString('latin1', start, end);
      if (text.startsWith('0')) this.write(frameOf('40').frame);
      if (!text.startsWith('40')) return;
      this.reader.onText = undefined;
      this.#onOpened();
    };
  }

  #request(): string {
    const { url, protocol, meetingId, userId } = this.#options;
    const { host, pathname } = new URL(url);
    const query = new URLSearchParams({ meetingId, userId });
    if (protocol === 'socket.io')
      for (const [name, value] of [
        ['EIO', '4'],
        ['transport', 'websocket'],
      ] as const)
        query.set(name, value);
    const lines = [
      `GET ${pathname}?${query} HTTP/1.1`,
      `Host: ${host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ];
    return `${lines.join('\r\n')}\r\n\r\n`;
  }
}

/** So many servers accept at once without a queue. */
const CONNECTS_AT_ONCE = 50;

/** Opens connections, some at a time; all are open when it resolves. */
export async function openAll(all: readonly RawConnectionOptions[]): Promise<RawConnection[]> {
  const connections: RawConnection[] = [];
  for (let from = 0; from < all.length; from += CONNECTS_AT_ONCE) {
    const some = all.slice(from, from + CONNECTS_AT_ONCE).map((options) => new RawConnection(options));
    await Promise.all(some.map(({ opened }) => opened));
    connections.push(...some);
  }
  return connections;
}
