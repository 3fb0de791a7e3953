import { MeetingError } from './MeetingError.ts';

/** What is sent later, or again, is what was given now. Throws `missing_data` where that is nothing. */
export function snapshot(data: unknown): unknown {
  const text = JSON.stringify(data);
  if (text === undefined || text === 'null') {
    throw new MeetingError('missing_data', 'Nothing to send: give any JSON value but null.');
  }
  return JSON.parse(text);
}
