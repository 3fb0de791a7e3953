import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { type Frame, parseFrame } from '../../src/client/frames.ts';
import { V1 } from '../../src/protocol/subprotocols.ts';
import type { Credentials } from './credentials.ts';
import { NotConnected, refusalIn, unreachable } from './notConnected.ts';

/** Where to connect, as whom, and as which kind of client. */
export type ConnectOptions = {
  readonly url: URL;
  readonly meetingId: string;
  readonly credentials: Credentials;
  /** `plain` clients are members at once, and nobody is told that they came. */
  readonly client: 'plain' | 'v1';
  /** Every frame that answers no request of {@link ApiConnection.request}. */
  readonly onFrame?: (frame: Frame) => void;
  readonly onClose?: (end: ConnectionEnd) => void;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
};

/** How a connection ended; `bye` is the server's last word, if it had one. */
export type ConnectionEnd = { readonly code: number; readonly bye: Frame | undefined };

/** A request that the server answered with an error. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly code: string;

  constructor({ code, message }: Frame) {
    super(String(message));
    this.code = String(code ?? 'gateway_error');
  }
}

const OPENING_MS = 15_000;
const REPLY_MS = 30_000;
/** API Gateway's limit for a frame. */
const FRAME_BYTES = 32_768;

type Waiting = { resolve(frame: Frame): void; reject(error: Error): void };

/** One WebSocket to an API, and requests over it. */
export class ApiConnection {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, Waiting>();
  /** A chat's id is remembered for a day: no other command's may be the same. */
  readonly #requestIds = `cli-${randomBytes(6).toString('hex')}`;
  #requests = 0;
  #bye: Frame | undefined;

  private constructor(socket: WebSocket, { onFrame, onClose }: ConnectOptions) {
    this.#socket = socket;
    socket.on('message', (data) => this.#take(parseFrame(data), onFrame));
    // What follows it is the close.
    socket.on('error', () => {});
    socket.on('close', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new NotConnected('lost', closedMessage(code)));
      this.#waiting.clear();
      onClose?.({ code, bye: this.#bye });
    });
  }

  /** Connects. Rejects with a {@link NotConnected} that says what to change. */
  static async open(options: ConnectOptions): Promise<ApiConnection> {
    const { url, client, credentials, signal = new AbortController().signal } = options;
    const { token } = credentials;
    const address = addressOf(options);
    const protocols = client === 'v1' ? [V1, ...(token === undefined ? [] : [`bearer.${token}`])] : [];
    const socket = new WebSocket(address, protocols, {
      handshakeTimeout: OPENING_MS,
      perMessageDeflate: false,
    });
    // Frames may come together with the answer to the upgrade.
    const connection = new ApiConnection(socket, options);
    const refused = new Promise<never>((_, reject) => {
      socket.once('unexpected-response', (_request, response: IncomingMessage) => {
        refusalIn(response, credentials).then(reject, reject);
      });
      socket.once('error', (error) => reject(unreachable(url, error)));
    });
    refused.catch(() => {});
    const stop = new AbortController();
    try {
      await Promise.race([once(socket, 'open', { signal: AbortSignal.any([stop.signal, signal]) }), refused]);
      return connection;
    } catch (error) {
      stop.abort();
      socket.terminate();
      throw error instanceof NotConnected ? error : unreachable(url, error as Error);
    }
  }

  /**
   * Sends a request and resolves to its reply. Rejects with {@link RequestRefused}, or with {@link NotConnected} when the
   * connection ends before, or no reply comes for 30 s; then it is ended.
   */
  request(message: Frame, replyMs = REPLY_MS): Promise<Frame> {
    const requestId = `${this.#requestIds}-${++this.#requests}`;
    const text = JSON.stringify({ ...message, requestId });
    if (Buffer.byteLength(text) > FRAME_BYTES) {
      return Promise.reject(
        new NotConnected('refused', `That is more than the ${FRAME_BYTES} bytes that a message may have.`),
      );
    }
    if (this.#socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new NotConnected('lost', 'The connection was lost.'));
    }
    return new Promise<Frame>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new NotConnected('lost', 'No reply came. It may have been done.'));
        this.#socket.terminate();
      }, replyMs);
      const settle = () => {
        clearTimeout(timer);
        this.#waiting.delete(requestId);
      };
      this.#waiting.set(requestId, {
        resolve: (frame) => {
          settle();
          if (frame.type === 'error') reject(new RequestRefused(frame));
          else resolve(frame);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      this.#socket.send(text, () => {});
    });
  }

  /** Closes, and waits until that is done; for 3 s at most. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close(1000);
    const timer = setTimeout(() => this.#socket.terminate(), 3000);
    await closed;
    clearTimeout(timer);
  }

  #take(frame: Frame | undefined, onFrame: ConnectOptions['onFrame']): void {
    if (!frame) return;
    if (frame.type === 'bye') this.#bye = frame;
    const waiting = this.#waiting.get(String(frame.requestId));
    if (waiting) waiting.resolve(frame);
    else onFrame?.(frame);
  }
}

/** Where tokens are asked for they say who this is; a plain client has no other place for one than the query. */
function addressOf({ url, meetingId, credentials, client }: ConnectOptions): URL {
  const { token, userId, userName } = credentials;
  const address = new URL(url);
  address.searchParams.set('meetingId', meetingId);
  if (token === undefined) {
    address.searchParams.set('userId', userId);
    address.searchParams.set('userName', userName);
  } else if (client === 'plain') address.searchParams.set('token', token);
  return address;
}

const closedMessage = (code: number): string =>
  code === 1009
    ? 'The server closed the connection: what was sent is too large.'
    : `The connection was lost (${code}) before a reply came. It may have been done.`;
