import { randomBytes } from 'node:crypto';

/** So many random bytes, the caller's to write over. */
export type RandomBytes = (size: number) => Uint8Array;

/** The ids of one gateway, in the shapes of API Gateway's: 16 characters of base64url, the last a "=". */
export type Ids = {
  connectionId(): string;
  requestId(): string;
  /** Makes ids of one connection's messages: they end like the connection's own, as observed on AWS. */
  messageIds(connectionId: string): () => string;
  /** Of `X-Amzn-Trace-Id`: version, epoch seconds, 96 random bits. */
  traceId(nowMs: number): string;
};

const ID_BYTES = 11;
/** Of a message's id, those of its own. */
const MESSAGE_BYTES = 7;
// Byte 8 of captured ids: 2 in connectionIds, 5 in requestIds.
const MARKED_BYTE = 8;
const CONNECTION_MARK = 2;
const REQUEST_MARK = 5;

/** Bytes asked of the system at once: it takes as long for these as for one id's. */
const POOL_BYTES = 4096;

/** Makes ids that no one can guess, given random bytes that no one can. */
export function createIds(random: RandomBytes = pooled(randomBytes)): Ids {
  const marked = (mark: number) => {
    const bytes = random(ID_BYTES);
    bytes[MARKED_BYTE] = mark;
    return encode(bytes);
  };
  return {
    connectionId: () => marked(CONNECTION_MARK),
    requestId: () => marked(REQUEST_MARK),
    messageIds(connectionId) {
      const tail = Buffer.from(connectionId, 'base64url').subarray(MESSAGE_BYTES);
      return () => {
        const bytes = random(ID_BYTES);
        bytes.set(tail, MESSAGE_BYTES);
        return encode(bytes);
      };
    },
    traceId(nowMs) {
      const seconds = Math.floor(nowMs / 1000).toString(16);
      return `Root=1-${seconds}-${Buffer.from(random(12)).toString('hex')}`;
    },
  };
}

/** Asks for many bytes at once, and hands each out once. */
function pooled(random: RandomBytes): RandomBytes {
  let pool = random(0);
  let used = 0;
  return (size) => {
    if (used + size > pool.length) {
      pool = random(POOL_BYTES);
      used = 0;
    }
    used += size;
    return pool.subarray(used - size, used);
  };
}

function encode(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return `${buffer.toString('base64url')}=`;
}
