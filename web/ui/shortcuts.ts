import { useEffect, useRef } from 'preact/hooks';

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat' | 'target'>;

/** The key of a shortcut that was pressed; undefined for what is typed, or meant for the browser. */
export function shortcutOf({ key, ctrlKey, metaKey, altKey, repeat, target }: KeyPress): string | undefined {
  if (ctrlKey || metaKey || altKey || repeat || key.length !== 1) return undefined;
  return isTypedInto(target) ? undefined : key.toLowerCase();
}

function isTypedInto(target: EventTarget | null): boolean {
  if (!target || !('tagName' in target)) return false;
  const isEditable = 'isContentEditable' in target && target.isContentEditable === true;
  return isEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(String(target.tagName));
}

/** Does what belongs to a key when it is pressed, but not while somebody types or a modal dialog is open. */
export function useShortcuts(commands: Readonly<Record<string, () => void>>): void {
  const current = useRef(commands);
  current.current = commands;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const key = shortcutOf(event);
      const command = key && Object.hasOwn(current.current, key) ? current.current[key] : undefined;
      if (!command || document.querySelector('dialog:modal')) return;
      event.preventDefault();
      command();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}
