import { readFileSync } from 'node:fs';

/** The blocks of commands under each heading that has any, in the document's order. */
type Document = ReadonlyMap<string, string>;

/** Reads what is fenced as `sh` in a document. */
export function readDocument(path: string): Document {
  const sections = new Map<string, string>();
  const text = readFileSync(path, 'utf8');
  let heading = '';
  for (const [, title, block] of text.matchAll(/^#{2,} (.+)$|^```sh\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else sections.set(heading, `${sections.get(heading) ?? ''}${block}\n`);
  }
  return sections;
}

/** The AWS commands in a block, such as `dynamodb create-table`, each once. */
export function awsCommandsIn(block: string): ReadonlySet<string> {
  return new Set(
    [...block.matchAll(/\baws ([a-z0-9]+ (?:wait )?[a-z0-9-]+)/g)].map(([, command = '']) => command),
  );
}
