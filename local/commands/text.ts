/** Text of others as one line of a terminal: what could move its cursor, or turn its direction, is shown as what it is. */
export const oneLine = (text: string): string =>
  text.replace(
    /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** JSON as one line of a terminal: the control characters that JSON leaves alone are escaped as well. */
export const jsonLine = (value: unknown): string => oneLine(JSON.stringify(value));

/** Rows below their headings, in columns as wide as they need to be. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows.map((row) => row.map(oneLine))];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)));
  const lineOf = (row: readonly string[]) =>
    row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length)).join('  ');
  return all.map((row) => lineOf(row).trimEnd()).join('\n');
}

/** A number with its noun: `1 person`, `2 people`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
