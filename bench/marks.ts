import { readFileSync, writeFileSync } from 'node:fs';

/** Replaces what stands between the marks of this name in a text. Throws when it has none. */
export function between(name: string, text: string, markdown: string): string {
  const [start, end] = [`<!-- ${name}: from here -->`, `<!-- ${name}: to here -->`];
  const [before, rest = ''] = text.split(start);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`there are no marks of ${name}`);
  return `${before}${start}\n${markdown}\n${end}${after}`;
}

/** What stands between the marks of this name. Throws when the text has none. */
export function readBetween(name: string, text: string): string {
  const [, rest = ''] = text.split(`<!-- ${name}: from here -->\n`);
  const [markdown, after] = rest.split(`\n<!-- ${name}: to here -->`);
  if (markdown === undefined || after === undefined) throw new Error(`there are no marks of ${name}`);
  return markdown;
}

/** Puts the figures of a run between the marks of this name in a file. */
export function writeFigures(name: string, markdown: string, file = 'bench/README.md'): void {
  writeFileSync(file, between(name, readFileSync(file, 'utf8'), markdown));
}
