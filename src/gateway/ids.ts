import { randomBytes } from 'node:crypto';

/** So many random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

/** The ids of one gateway, in the shapes of API Gateway's: 16 characters of base64url, the last a "=". */
export type Ids = {
  connectionId(): string;
  requestId(): string;
  /** Ends like its connection's id, as observed on AWS. */
  messageId(connectionId: string): string;
  /** Of `X-Amzn-Trace-Id`: version, epoch seconds, 96 random bits. */
  traceId(nowMs: number): string;
};

// Byte 8 of captured ids: 2 in connectionIds, 5 in requestIds.
const CONNECTION_MARK = 2;
const REQUEST_MARK = 5;

/** Makes ids that no one can guess, given random bytes that no one can. */
export function createIds(random: RandomBytes = randomBytes): Ids {
  const marked = (mark: number) => encode(Buffer.concat([random(8), Buffer.of(mark), random(2)]));
  return {
    connectionId: () => marked(CONNECTION_MARK),
    requestId: () => marked(REQUEST_MARK),
    messageId(connectionId) {
      const tail = Buffer.from(connectionId, 'base64url').subarray(7);
      return encode(Buffer.concat([random(7), tail]));
    },
    traceId(nowMs) {
      const seconds = Math.floor(nowMs / 1000).toString(16);
      return `Root=1-${seconds}-${Buffer.from(random(12)).toString('hex')}`;
    },
  };
}

const encode = (bytes: Buffer): string => `${bytes.toString('base64url')}=`;
