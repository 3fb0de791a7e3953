/** Remembers what has the focus. Returns what gives it back, if by then it has got lost with what is taken away. */
export function rememberFocus(): () => void {
  const before = document.activeElement;
  return () =>
    queueMicrotask(() => {
      if (hasNoFocus() && before instanceof HTMLElement) before.focus();
    });
}

/** Whether nothing has the focus, as when what had it was taken away. */
export const hasNoFocus = (): boolean => document.activeElement === document.body;
