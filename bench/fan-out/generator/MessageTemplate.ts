import { frameOf, HEADER_MASK } from './clientFrame.ts';
import type { LoadJob } from './job.ts';

const STAMP = '0000000000000000';
const REQUEST = '0000000000';
/** What stands before the stamp, in a message as it is sent and as it is received. */
const STAMP_MARK = '"sentAt":"';
const REQUEST_MARK = '"requestId":"';

/** A message that is masked and framed once; only its number and its stamp are put in anew. */
export class MessageTemplate {
  readonly #frame: Buffer;
  readonly #stampAt: number;
  readonly #requestAt: number;
  readonly #maskFrom: number;
  #count = 0;

  constructor(job: LoadJob, meetingId: string, recipient: string) {
    const text = textOf(job, meetingId, recipient);
    const { frame, payloadAt } = frameOf(text);
    this.#frame = frame;
    this.#maskFrom = payloadAt;
    this.#stampAt = payloadAt + text.indexOf(STAMP_MARK) + STAMP_MARK.length;
    this.#requestAt = payloadAt + text.indexOf(REQUEST_MARK) + REQUEST_MARK.length;
  }

  /** The next message, with its time. The bytes are the caller's. */
  next(nowMs: number): Buffer {
    const frame = Buffer.from(this.#frame);
    this.#put(frame, this.#stampAt, digits(Math.round(nowMs * 1000), STAMP.length));
    this.#put(frame, this.#requestAt, digits(this.#count++, REQUEST.length));
    return frame;
  }

  #put(frame: Buffer, at: number, text: string): void {
    for (let index = 0; index < text.length; index++) {
      const mask = HEADER_MASK[(at + index - this.#maskFrom) & 3] ?? 0;
      frame[at + index] = text.charCodeAt(index) ^ mask;
    }
  }
}

const stampMark = Buffer.from(STAMP_MARK);

/** When a received message was sent, by the clock of `next`; undefined if it bears no stamp. */
export function sentAtMs(chunk: Buffer, start: number, end: number): number | undefined {
  const markAt = chunk.indexOf(stampMark, start);
  const at = markAt + stampMark.length;
  if (markAt < 0 || at + STAMP.length > end) return undefined;
  let microseconds = 0;
  for (let index = 0; index < STAMP.length; index++)
    microseconds = microseconds * 10 + (chunk[at + index] ?? 0) - 48;
  return microseconds / 1000;
}

function textOf(job: LoadJob, meetingId: string, recipient: string): string {
  const empty = JSON.stringify({ sentAt: STAMP, text: '' });
  const message = JSON.stringify({
    action: 'sendMessage',
    ...(job.target === 'user' ? { targetUserId: recipient } : { meetingId }),
    messageType: job.messageType,
    requestId: REQUEST,
    data: { sentAt: STAMP, text: 'x'.repeat(Math.max(job.dataBytes - empty.length, 0)) },
  });
  return job.protocol === 'socket.io' ? `42["sendMessage",${message}]` : message;
}

const digits = (number: number, length: number): string => String(number).padStart(length, '0');
