import { readFileSync } from 'node:fs';

/** What a section tells its reader to paste: a block of its own commands, or all those under another heading. */
type Step =
  | { readonly kind: 'block'; readonly commands: string }
  | { readonly kind: 'section'; readonly heading: string };

/** A document that tells its reader what to paste. */
type Document = {
  /** The commands under each heading that has any, in the document's order. */
  readonly sections: ReadonlyMap<string, string>;
  /** What a section says, in its order: its blocks, and its links to others. */
  steps(heading: string): readonly Step[];
};

/** Reads what is fenced as `sh` in a document, and what its sections refer to. */
export function readDocument(path: string): Document {
  const sections = new Map<string, string>();
  const steps = new Map<string, Step[]>();
  const headings = new Map<string, string>();
  const text = readFileSync(path, 'utf8');
  for (const [, title = ''] of text.matchAll(/^#{2,} (.+)$/gm)) headings.set(anchorOf(title), title);
  let heading = '';
  for (const [, title, block, anchor] of text.matchAll(
    /^#{2,} (.+)$|^```sh\n([\s\S]*?)^```$|\]\(#([\w-]+)\)/gm,
  )) {
    if (title !== undefined) {
      heading = title;
      steps.set(heading, []);
    } else if (block !== undefined) {
      sections.set(heading, `${sections.get(heading) ?? ''}${block}\n`);
      steps.get(heading)?.push({ kind: 'block', commands: block });
    } else steps.get(heading)?.push({ kind: 'section', heading: headings.get(anchor ?? '') ?? `#${anchor}` });
  }
  return { sections, steps: (title) => steps.get(title) ?? [] };
}

/** As the usual renderers of Markdown name a heading. */
const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');

/** The AWS commands in a block, such as `dynamodb create-table`, each once. */
export function awsCommandsIn(block: string): ReadonlySet<string> {
  return new Set(
    [...block.matchAll(/\baws ([a-z0-9-]+ (?:wait )?[a-z0-9-]+)/g)].map(([, command = '']) => command),
  );
}
