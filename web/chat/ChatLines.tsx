import type { ChatLine } from '../meeting/chatLines.ts';
import { texts } from '../texts.ts';
import { linkify } from './linkify.ts';

/** One line of the chat. Lines of one author that follow each other have one name. */
export function Line({ line, before }: { readonly line: ChatLine; readonly before: ChatLine | undefined }) {
  if (line.kind !== 'message') return <li class="chat-note">{texts[line.kind](line.name)}</li>;
  const isFirst = before?.kind !== 'message' || before.author !== line.author || before.place !== line.place;
  return (
    <li class={`chat-line ${line.place} ${isFirst ? 'first' : 'next'}`}>
      {isFirst && (
        <p class="chat-author">
          <span>{line.place === 'own' ? texts.you : line.author}</span>
          <time dateTime={line.at}>{timeOf(line.at)}</time>
        </p>
      )}
      <MessageText text={line.text} />
    </li>
  );
}

/** What somebody wrote, with its links. Never anything but text. */
export function MessageText({ text }: { readonly text: string }) {
  return (
    <p class="chat-text">
      {linkify(text).map((piece) =>
        piece.kind === 'text' ? (
          piece.text
        ) : (
          <a key={piece.href} href={piece.href} target="_blank" rel="noopener noreferrer">
            {piece.text}
          </a>
        ),
      )}
    </p>
  );
}

function timeOf(at: string): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
