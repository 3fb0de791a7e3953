/** Where in a chunk the payload of a text frame is; only of frames that lie in one chunk whole. */
export type OnText = (chunk: Buffer, start: number, end: number) => void;

const LONGEST_HEADER_BYTES = 10;
const TEXT = 1;
const CLOSE = 8;
const PING = 9;

/** Counts frames of a server in what its socket yields, without looking into them. */
export class FrameReader {
  /** Text frames that have begun. */
  texts = 0;
  onText: OnText | undefined;
  readonly #onControl: (kind: 'ping' | 'close') => void;
  /** Bytes of the payload that are still to come. */
  #ahead = 0;
  /** A header that the last chunk has broken off. */
  readonly #header = Buffer.alloc(LONGEST_HEADER_BYTES);
  #headerBytes = 0;

  constructor(onControl: (kind: 'ping' | 'close') => void) {
    this.#onControl = onControl;
  }

  /** The next bytes: those of the chunk from a place until an end. */
  read(chunk: Buffer, from: number, end: number): void {
    let at = from;
    while (at < end) {
      if (this.#ahead > 0) {
        const skipped = Math.min(this.#ahead, end - at);
        this.#ahead -= skipped;
        at += skipped;
      } else if (this.#headerBytes > 0) {
        at = this.#finishHeader(chunk, at, end);
      } else {
        const headerBytes = end - at < 2 ? 2 : headerBytesOf(chunk[at + 1]);
        if (end - at < headerBytes) {
          this.#headerBytes = chunk.copy(this.#header, 0, at, end);
          return;
        }
        at = this.#begin(chunk, at, end);
      }
    }
  }

  /** A frame whose header is there whole. Returns where to go on. */
  #begin(chunk: Buffer, at: number, end: number): number {
    const start = at + headerBytesOf(chunk[at + 1]);
    const bytes = payloadBytesOf(chunk, at);
    const opcode = (chunk[at] ?? 0) & 15;
    if (opcode === TEXT) {
      this.texts++;
      if (this.onText && start + bytes <= end) this.onText(chunk, start, start + bytes);
    } else this.#control(opcode);
    this.#ahead = bytes;
    return start;
  }

  #finishHeader(chunk: Buffer, from: number, end: number): number {
    let at = from;
    while (at < end && this.#headerBytes < 2) this.#header[this.#headerBytes++] = chunk[at++] ?? 0;
    if (this.#headerBytes < 2) return at;
    const headerBytes = headerBytesOf(this.#header[1]);
    while (at < end && this.#headerBytes < headerBytes) this.#header[this.#headerBytes++] = chunk[at++] ?? 0;
    if (this.#headerBytes < headerBytes) return at;
    this.#headerBytes = 0;
    const opcode = (this.#header[0] ?? 0) & 15;
    if (opcode === TEXT) this.texts++;
    else this.#control(opcode);
    this.#ahead = payloadBytesOf(this.#header, 0);
    return at;
  }

  #control(opcode: number): void {
    if (opcode === PING) this.#onControl('ping');
    else if (opcode === CLOSE) this.#onControl('close');
  }
}

function headerBytesOf(second = 0): number {
  if (second < 126) return 2;
  return second === 126 ? 4 : LONGEST_HEADER_BYTES;
}

function payloadBytesOf(chunk: Buffer, at: number): number {
  const short = chunk[at + 1] ?? 0;
  if (short < 126) return short;
  return short === 126 ? chunk.readUInt16BE(at + 2) : Number(chunk.readBigUInt64BE(at + 2));
}
