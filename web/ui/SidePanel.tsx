import { X } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { texts } from '../texts.ts';
import { IconButton } from './IconButton.tsx';
import { useMedia } from './useMedia.ts';

/** Where there is no room beside the tiles, panels cover them. Also in call.css. */
const NARROW = '(max-width: 760px)';

/**
 * A panel beside the tiles; over everything, and modal, where there is no room for both. Takes the focus when it opens;
 * Escape closes it, and the focus goes back to where it was.
 */
export function SidePanel(props: {
  readonly heading: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const headingId = useId();
  const isNarrow = useMedia(NARROW);
  const { onClose } = props;

  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (isNarrow) dialog?.showModal();
    else dialog?.show();
    dialog?.querySelector<HTMLElement>('[data-first-focus]')?.focus();
    return () => {
      dialog?.close();
      // With the dialog, whatever had the focus in it goes away.
      queueMicrotask(() => {
        if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
      });
    };
  }, [isNarrow]);

  return (
    <dialog
      ref={ref}
      class="panel"
      aria-labelledby={headingId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header class="panel-header">
        <h2 id={headingId}>{props.heading}</h2>
        <IconButton icon={X} label={texts.close} onClick={onClose} />
      </header>
      {props.children}
    </dialog>
  );
}
