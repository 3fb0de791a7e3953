import { readFileSync, writeFileSync } from 'node:fs';

/** Replaces what stands between a file's marks of this name by a text in Markdown. Throws where there are none. */
export function putBetweenMarks(
  file: string,
  { mark, markdown }: { readonly mark: string; readonly markdown: string },
): void {
  const [start, end] = [`<!-- ${mark}: from here -->`, `<!-- ${mark}: to here -->`];
  const [before, rest = ''] = readFileSync(file, 'utf8').split(start);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`${file} has no marks for the figures of ${mark}`);
  writeFileSync(file, `${before}${start}\n${markdown}\n${end}${after}`);
}
