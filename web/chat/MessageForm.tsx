import { SendHorizontal } from 'lucide-preact';
import { useRef, useState } from 'preact/hooks';
import { texts } from '../texts.ts';

/** With its envelope a message has to fit into 32 KB. */
const MOST_CHARACTERS = 4000;

/** Where one writes. Enter sends, Shift and Enter is a new line. */
export function MessageForm({ onSend }: { readonly onSend: (text: string) => void }) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const send = () => {
    if (text.trim() === '') return;
    onSend(text.trim());
    setText('');
    field.current?.focus();
  };
  return (
    <form
      class="message-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        rows={1}
        aria-label={texts.message}
        placeholder={texts.messagePlaceholder}
        value={text}
        maxLength={MOST_CHARACTERS}
        data-first-focus
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          // While an input method composes, Enter chooses a word.
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" class="primary square" aria-label={texts.send} disabled={text.trim() === ''}>
        <SendHorizontal size={18} aria-hidden="true" />
      </button>
    </form>
  );
}
