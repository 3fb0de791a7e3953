import { useEffect, useState } from 'preact/hooks';

const SHOWN_MS = 6000;

/** A sentence that is shown for a while. */
export function useToast(): { readonly toast: string; readonly show: (text: string) => void } {
  const [{ toast, count }, set] = useState({ toast: '', count: 0 });
  useEffect(() => {
    if (!toast) return;
    const timer = setTimeout(() => set({ toast: '', count }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast, count]);
  return { toast, show: (text) => set(({ count: before }) => ({ toast: text, count: before + 1 })) };
}
