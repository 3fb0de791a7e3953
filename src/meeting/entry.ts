import type { MessageFrame } from '../protocol/frames.ts';
import type { EventFrame } from '../protocol/participants.ts';
import type { Entry } from './ports.ts';
import { sameData } from './sameData.ts';

/** A frame as the line of a log that it becomes: with its seq, the last of its fields. */
export function entryOf(frame: MessageFrame | EventFrame, seq: number): Entry {
  return { seq, text: `${textOf(frame).slice(0, -1)},"seq":${seq}}` };
}

let lastFrame: unknown;
let lastText = '';

/** A frame as text, without a seq. Made once if it is asked for twice in a row: a chat is measured, and then logged. */
export function textOf(frame: MessageFrame | EventFrame): string {
  if (frame !== lastFrame) [lastFrame, lastText] = [frame, JSON.stringify(frame)];
  return lastText;
}

/** The line that stands for a seq which was taken and never used. */
export function voidEntry(seq: number): Entry {
  return { seq, text: JSON.stringify({ type: 'void', seq }) };
}

/** Whether a chat says what the logged one said: sent once more, rather than another under the same name. */
export function isRetry({ text }: Entry, { data }: MessageFrame): boolean {
  return sameData((JSON.parse(text) as { data?: unknown }).data, data);
}
