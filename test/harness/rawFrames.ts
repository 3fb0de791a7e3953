/** What a frame is for. RFC 6455 section 5.2: https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as it came. */
export type RawFrame = {
  readonly fin: boolean;
  /** The three reserved bits as a number. */
  readonly rsv: number;
  readonly opcode: number;
  readonly payload: Buffer;
};

/** A frame to send, right or wrong: what isn't given is as in a short text message of a well-behaved client. */
export type FrameToSend = {
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly opcode?: number;
  readonly payload?: string | Buffer;
  readonly masked?: boolean;
  /** How the length is written; the shortest way unless given. */
  readonly lengthBits?: 7 | 16 | 64;
  /** The length that the header claims; the payload's own unless given. */
  readonly claimedBytes?: number;
};

const MASK = Buffer.of(0x37, 0xfa, 0x21, 0x3d);

/** Writes one frame. */
export function encodeFrame(frame: FrameToSend): Buffer {
  const { fin = true, rsv = 0, opcode = opcodes.text, masked = true } = frame;
  const payload =
    typeof frame.payload === 'string' ? Buffer.from(frame.payload) : (frame.payload ?? Buffer.alloc(0));
  const { claimedBytes = payload.length } = frame;
  const first = Buffer.of((fin ? 0x80 : 0) | (rsv << 4) | opcode);
  const length = encodeLength(claimedBytes, frame.lengthBits ?? shortestBits(claimedBytes));
  if (!masked) return Buffer.concat([first, length, payload]);
  length[0] = (length[0] ?? 0) | 0x80;
  return Buffer.concat([first, length, MASK, payload.map((byte, index) => byte ^ (MASK[index % 4] ?? 0))]);
}

/** Writes one text message in frames of so many bytes. */
export function encodeFragments(text: string, frameBytes: number): Buffer {
  const payload = Buffer.from(text);
  const frames: Buffer[] = [];
  for (let start = 0; start === 0 || start < payload.length; start += frameBytes) {
    frames.push(
      encodeFrame({
        fin: start + frameBytes >= payload.length,
        opcode: start === 0 ? opcodes.text : opcodes.continuation,
        payload: payload.subarray(start, start + frameBytes),
      }),
    );
  }
  return Buffer.concat(frames);
}

/** The payload of a close frame. */
export function closePayload(code: number, reason = ''): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return payload;
}

/** Reads the first frame of what a server sent, which never masks; undefined while it isn't there completely. */
export function decodeFrame(bytes: Buffer): { frame: RawFrame; rest: Buffer } | undefined {
  const [first, short] = bytes;
  if (first === undefined || short === undefined) return undefined;
  const headerBytes = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < headerBytes) return undefined;
  const payloadBytes =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < headerBytes + payloadBytes) return undefined;
  const payload = bytes.subarray(headerBytes, headerBytes + payloadBytes);
  const frame = { fin: (first & 0x80) !== 0, rsv: (first >> 4) & 7, opcode: first & 0x0f, payload };
  return { frame, rest: bytes.subarray(headerBytes + payloadBytes) };
}

const shortestBits = (bytes: number): 7 | 16 | 64 => (bytes < 126 ? 7 : bytes < 2 ** 16 ? 16 : 64);

function encodeLength(bytes: number, bits: 7 | 16 | 64): Buffer {
  if (bits === 7) return Buffer.of(bytes);
  const length = Buffer.alloc(bits === 16 ? 3 : 9);
  length[0] = bits === 16 ? 126 : 127;
  if (bits === 16) length.writeUInt16BE(bytes, 1);
  else length.writeBigUInt64BE(BigInt(bytes), 1);
  return length;
}
