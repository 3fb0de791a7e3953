import { CircleAlert } from 'lucide-preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Chat, PendingMessage } from '../meeting/Chat.ts';
import { texts } from '../texts.ts';
import { SidePanel } from '../ui/SidePanel.tsx';
import { Line, MessageText } from './ChatLines.tsx';
import { MessageForm } from './MessageForm.tsx';

/** What is said in writing. */
export function ChatPanel({ chat, onClose }: { readonly chat: Chat; readonly onClose: () => void }) {
  useEffect(() => {
    chat.setView('open');
    return () => chat.setView('closed');
  }, [chat]);
  return (
    <SidePanel heading={texts.chat} onClose={onClose}>
      <ChatLog chat={chat} />
      <MessageForm onSend={(text) => chat.send(text)} />
    </SidePanel>
  );
}

/** So close to the end, in CSS pixels, one wants to see what comes next. */
const NEAR_END = 80;

function ChatLog({ chat }: { readonly chat: Chat }) {
  const { lines, pending, earlier } = chat;
  const log = useRef<HTMLElement>(null);
  const place = useRef({ fromEnd: 0, isAtEnd: true, firstKey: '' });
  const firstKey = lines.value[0]?.key ?? '';

  const remember = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = log.current ?? {};
    const fromEnd = scrollHeight - scrollTop;
    place.current = { fromEnd, isAtEnd: fromEnd - clientHeight < NEAR_END, firstKey };
  };
  // What is shown stays where it is when more comes before it, and follows the end when one is there.
  useLayoutEffect(() => {
    const element = log.current;
    if (!element) return;
    const { fromEnd, isAtEnd, firstKey: firstBefore } = place.current;
    if (isAtEnd) element.scrollTop = element.scrollHeight;
    else if (firstKey !== firstBefore) element.scrollTop = element.scrollHeight - fromEnd;
    remember();
  }, [lines.value, pending.value]);

  // It has no height before it is shown, and another when a phone's keyboard comes.
  useEffect(() => {
    const element = log.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (place.current.isAtEnd) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const isEmpty = lines.value.length + pending.value.length === 0 && earlier.value === 'none';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section class="chat-log" ref={log} role="log" aria-label={texts.chat} tabIndex={0} onScroll={remember}>
      {earlier.value !== 'none' && (
        <button
          type="button"
          class="secondary small"
          disabled={earlier.value === 'loading'}
          onClick={() => void chat.showEarlier()}
        >
          {earlier.value === 'loading' ? texts.loadingEarlier : texts.showEarlier}
        </button>
      )}
      {isEmpty && <p class="panel-empty">{texts.noMessages}</p>}
      <ol>
        {lines.value.map((line, index) => (
          <Line key={line.key} line={line} before={lines.value[index - 1]} />
        ))}
        {pending.value.map((message) => (
          <Pending key={message.requestId} message={message} onRetry={() => chat.retry(message.requestId)} />
        ))}
      </ol>
    </section>
  );
}

function Pending({ message, onRetry }: { readonly message: PendingMessage; readonly onRetry: () => void }) {
  const { text, state } = message;
  return (
    <li class={`chat-line own next pending ${state.kind}`}>
      <MessageText text={text} />
      {state.kind === 'sending' ? (
        <p class="chat-state">{texts.sending}</p>
      ) : (
        <p class="chat-state failed">
          <CircleAlert size={14} aria-hidden="true" /> {state.sentence}{' '}
          <button type="button" class="link-button" onClick={onRetry}>
            {texts.tryAgain}
          </button>
        </p>
      )}
    </li>
  );
}
