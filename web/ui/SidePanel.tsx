import { X } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { texts } from '../texts.ts';
import { rememberFocus } from './focus.ts';
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
    const giveFocusBack = rememberFocus();
    if (isNarrow) dialog?.showModal();
    else dialog?.show();
    dialog?.querySelector<HTMLElement>('[data-first-focus]')?.focus();
    return () => {
      dialog?.close();
      giveFocusBack();
    };
  }, [isNarrow]);

  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent) => {
      // Modal dialogs close themselves, this one as well where it is modal.
      if (key === 'Escape' && !document.querySelector('dialog:modal')) close.current();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);

  return (
    <dialog
      ref={ref}
      class="panel"
      aria-labelledby={headingId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="panel-header">
        <h2 id={headingId}>{props.heading}</h2>
        <IconButton icon={X} label={texts.close} onClick={onClose} />
      </div>
      {props.children}
    </dialog>
  );
}
