import type { MessageFrame } from '../protocol/frames.ts';
import type { EventFrame } from '../protocol/participants.ts';
import type { Entry } from './ports.ts';
import { sameData } from './sameData.ts';

/** A frame as the line of a log that it becomes. */
export function entryOf(frame: MessageFrame | EventFrame, seq: number): Entry {
  return { seq, text: JSON.stringify({ ...frame, seq }) };
}

/** The line that stands for a seq which was taken and never used. */
export function voidEntry(seq: number): Entry {
  return { seq, text: JSON.stringify({ type: 'void', seq }) };
}

/** Whether a chat says what the logged one said: sent once more, rather than another under the same name. */
export function isRetry({ text }: Entry, { data }: MessageFrame): boolean {
  return sameData((JSON.parse(text) as { data?: unknown }).data, data);
}
