// RFC 6455 section 5.2: https://www.rfc-editor.org/rfc/rfc6455#section-5.2
const FIN = 0x80;
const OPCODE = 0x0f;
const FIRST_CONTROL_OPCODE = 0x08;
const MASKED = 0x80;
const LENGTH = 0x7f;
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;
const LONGEST_HEADER_BYTES = 14;

/** The largest that a frame, and a message of any number of frames, may be, in bytes. */
export type SizeLimits = { readonly frameBytes: number; readonly messageBytes: number };

/**
 * Watches a client's bytes go by and finds the first message that is larger than API Gateway takes, or that comes in
 * a larger frame.
 *
 * `ws` tells messages apart but not the frames they came in, and API Gateway limits both: 100 KB in small fragments
 * is fine, 33 KB in one frame is not. Keeps a few bytes of header at most.
 */
export class FrameMeter {
  readonly #limits: SizeLimits;
  readonly #header = Buffer.alloc(LONGEST_HEADER_BYTES);
  #headerBytes = 0;
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
        this.#header[this.#headerBytes++] = chunk[offset++] as number;
        if (this.#headerBytes === headerLength(this.#header, this.#headerBytes)) this.#startFrame();
      }
    }
  }

  #startFrame(): void {
    const first = this.#header[0] as number;
    const payloadBytes = payloadLength(this.#header);
    const isData = (first & OPCODE) < FIRST_CONTROL_OPCODE;
    this.#headerBytes = 0;
    this.#payloadBytesLeft = payloadBytes;
    if (isData) this.#messageBytes += payloadBytes;
    const { frameBytes, messageBytes } = this.#limits;
    if (payloadBytes > frameBytes || this.#messageBytes > messageBytes) {
      this.#messagesBeforeOversize = this.#messagesCompleted;
    } else if (isData && first & FIN) {
      this.#messagesCompleted++;
      this.#messageBytes = 0;
    }
  }
}

/** How long the header is, as far as its first bytes tell. */
function headerLength(header: Buffer, bytes: number): number {
  if (bytes < 2) return 2;
  const second = header[1] as number;
  const maskBytes = second & MASKED ? 4 : 0;
  switch (second & LENGTH) {
    case LENGTH_IN_16_BITS:
      return 4 + maskBytes;
    case LENGTH_IN_64_BITS:
      return 10 + maskBytes;
    default:
      return 2 + maskBytes;
  }
}

function payloadLength(header: Buffer): number {
  const short = (header[1] as number) & LENGTH;
  if (short === LENGTH_IN_16_BITS) return header.readUInt16BE(2);
  return short === LENGTH_IN_64_BITS ? Number(header.readBigUInt64BE(2)) : short;
}
