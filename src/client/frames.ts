import { MeetingError } from './MeetingError.ts';

/** A frame of which nothing is known yet but that it is a JSON object. */
export type Frame = Readonly<Record<string, unknown>>;

/** Reads what a socket received; undefined when it is no JSON object. */
export function parseFrame(text: unknown): Frame | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null ? (value as Frame) : undefined;
  } catch {
    return undefined;
  }
}

/** The error that an `error` frame tells of. */
export function errorOf(frame: Frame): MeetingError {
  const { code, message, retryable, retryAfterMs, details } = frame;
  return new MeetingError(String(code), String(message), {
    retryable: retryable === true,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
    details: details as Frame | undefined,
  });
}

/** The length of a text in UTF-8. */
export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
