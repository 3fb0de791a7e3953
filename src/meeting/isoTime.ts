let madeFor = Number.NaN;
let made = '';

/** A time as ISO 8601 in UTC with milliseconds. Made once for all that happens within one millisecond. */
export function isoTime(ms: number): string {
  if (ms !== madeFor) [madeFor, made] = [ms, new Date(ms).toISOString()];
  return made;
}
