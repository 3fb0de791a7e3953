import { MeetingError, type MeetingErrorOptions } from './MeetingError.ts';

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

/** The error that a frame tells of. One of API Gateway's own has no code, and may not come again. */
export function errorOf({ code = 'gateway_error', message, ...options }: Frame): MeetingError {
  return new MeetingError(String(code), String(message), options as MeetingErrorOptions);
}

/** The length of a text in UTF-8. */
export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
