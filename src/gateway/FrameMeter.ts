// RFC 6455 section 5.2: https://www.rfc-editor.org/rfc/rfc6455#section-5.2
const FIN = 0x80;
const OPCODE = 0x0f;
const FIRST_CONTROL_OPCODE = 0x08;
const MASKED = 0x80;
const LENGTH = 0x7f;
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;
const MASK_BYTES = 4;

/** The largest that a frame, and a message of any number of frames, may be, in bytes. */
export type SizeLimits = { readonly frameBytes: number; readonly messageBytes: number };

/**
 * Watches a client's bytes go by and finds the first message that is larger than API Gateway takes, or that comes in
 * a larger frame.
 *
 * `ws` tells messages apart but not the frames they came in, and API Gateway limits both: 100 KB in small fragments
 * is fine, 33 KB in one frame is not. Keeps a few numbers and no bytes.
 */
export class FrameMeter {
  readonly #limits: SizeLimits;
  /** Of the header that is being read: its first two bytes, and how many it has had so far. */
  #first = 0;
  #second = 0;
  #headerBytes = 0;
  #payloadBytes = 0;
  #payloadBytesLeft = 0;
  #messageBytes = 0;
  #messagesCompleted = 0;
  #messagesBeforeOversize: number | undefined;

  constructor(limits: SizeLimits) {
    this.#limits = limits;
  }

  /** How many whole messages came before the first that is too big, or that came in too big a frame, if any. */
  get messagesBeforeOversize(): number | undefined {
    return this.#messagesBeforeOversize;
  }

  /** Takes note of the next bytes from the client. */
  watch(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length && this.#messagesBeforeOversize === undefined) {
      const payloadBytes = Math.min(this.#payloadBytesLeft, chunk.length - offset);
      this.#payloadBytesLeft -= payloadBytes;
      offset += payloadBytes;
      if (this.#payloadBytesLeft === 0 && offset < chunk.length) {
        this.#readHeader(chunk[offset++] as number);
      }
    }
  }

  #readHeader(byte: number): void {
    const at = this.#headerBytes++;
    if (at === 0) this.#first = byte;
    else if (at === 1) this.#startLength(byte);
    // A length of more than 53 bits is rounded, and too long in any case.
    else if (at < 2 + lengthBytes(this.#second)) this.#payloadBytes = this.#payloadBytes * 256 + byte;
    if (this.#headerBytes === headerBytes(this.#second) && at > 0) this.#startFrame();
  }

  #startLength(byte: number): void {
    this.#second = byte;
    this.#payloadBytes = lengthBytes(byte) === 0 ? byte & LENGTH : 0;
  }

  #startFrame(): void {
    const payloadBytes = this.#payloadBytes;
    const isData = (this.#first & OPCODE) < FIRST_CONTROL_OPCODE;
    this.#headerBytes = 0;
    this.#payloadBytesLeft = payloadBytes;
    if (isData) this.#messageBytes += payloadBytes;
    const { frameBytes, messageBytes } = this.#limits;
    if (payloadBytes > frameBytes || this.#messageBytes > messageBytes) {
      this.#messagesBeforeOversize = this.#messagesCompleted;
    } else if (isData && this.#first & FIN) {
      this.#messagesCompleted++;
      this.#messageBytes = 0;
    }
  }
}

/** How many bytes a frame's length takes behind the second byte, which tells. */
function lengthBytes(second: number): number {
  switch (second & LENGTH) {
    case LENGTH_IN_16_BITS:
      return 2;
    case LENGTH_IN_64_BITS:
      return 8;
    default:
      return 0;
  }
}

/** How long a header is. */
const headerBytes = (second: number): number => 2 + lengthBytes(second) + (second & MASKED ? MASK_BYTES : 0);
