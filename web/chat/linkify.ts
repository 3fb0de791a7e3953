/** A piece of a text: plain, or a link that may be followed. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

/** Only these: `javascript:` and the like are never links. */
const LINK = /\bhttps?:\/\/[^\s<>"'`]+/gi;
/** What ends a sentence is seldom part of a link. */
const TRAILING = /[.,;:!?…]+$/;

/** Finds the links in a text. The pieces' texts, one after the other, are the text. */
export function linkify(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  const addText = (upTo: number) => {
    if (upTo > end) pieces.push({ kind: 'text', text: text.slice(end, upTo) });
  };
  for (const match of text.matchAll(LINK)) {
    const link = trimmed(match[0]);
    if (!URL.canParse(link)) continue;
    addText(match.index);
    pieces.push({ kind: 'link', text: link, href: new URL(link).href });
    end = match.index + link.length;
  }
  addText(text.length);
  return pieces;
}

/** Without what ends the sentence, or closes a bracket that the link didn't open. */
function trimmed(found: string): string {
  const link = found.replace(TRAILING, '');
  const isUnopened = link.endsWith(')') && link.split('(').length < link.split(')').length;
  return isUnopened ? trimmed(link.slice(0, -1)) : link;
}
