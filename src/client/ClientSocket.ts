import { type Frame, parseFrame } from './frames.ts';

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

/** What is told of a socket, in this order: `onOpen` once at most, `onEnd` once. */
export type SocketHandlers = {
  readonly onOpen: () => void;
  readonly onFrame: (frame: Frame) => void;
  readonly onEnd: (code: number, reason: string) => void;
};

const ignore = (): void => {};

/** One WebSocket's life, which can be ended for good at any time. */
export class ClientSocket {
  readonly #socket: WebSocketLike;
  #state: 'opening' | 'open' | 'ended' = 'opening';

  constructor(socket: WebSocketLike, { onOpen, onFrame, onEnd }: SocketHandlers) {
    this.#socket = socket;
    socket.onopen = () => {
      this.#state = 'open';
      onOpen();
    };
    socket.onmessage = ({ data }: { readonly data: unknown }) => {
      const frame = parseFrame(data);
      if (frame) onFrame(frame);
    };
    socket.onclose = ({ code, reason }: { readonly code: number; readonly reason: string }) => {
      this.#detach();
      onEnd(code, reason);
    };
    // A close always follows, and says as much as a browser tells.
    socket.onerror = ignore;
  }

  /** Whether it can be sent to. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Sends a text; does nothing unless it is open. */
  send(text: string): void {
    if (this.isOpen) this.#socket.send(text);
  }

  /** Closes it, or aborts its opening. Nothing more is heard of it, not even its end. */
  end(): void {
    if (this.#state === 'ended') return;
    this.#detach();
    this.#socket.close(1000);
  }

  #detach(): void {
    this.#state = 'ended';
    this.#socket.onopen = ignore;
    this.#socket.onmessage = ignore;
    this.#socket.onclose = ignore;
  }
}
