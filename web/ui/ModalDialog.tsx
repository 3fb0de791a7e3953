import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { rememberFocus } from './focus.ts';

/** A dialog over the page, open as long as it is there. The browser keeps the focus in it and gives it back. */
export function ModalDialog(props: {
  readonly heading: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const headingId = useId();
  useEffect(() => {
    const dialog = ref.current;
    const giveFocusBack = rememberFocus();
    dialog?.showModal();
    return () => {
      dialog?.close();
      giveFocusBack();
    };
  }, []);
  return (
    <dialog ref={ref} class="modal" aria-labelledby={headingId} onClose={props.onClose}>
      <h2 id={headingId}>{props.heading}</h2>
      {props.children}
    </dialog>
  );
}
