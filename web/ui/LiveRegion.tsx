import type { ReadonlySignal } from '@preact/signals';
import type { Announcement } from '../meeting/Call.ts';

/** Reads out what is announced, when there is nothing else to read. */
export function LiveRegion({ announcement }: { readonly announcement: ReadonlySignal<Announcement> }) {
  const { id, text } = announcement.value;
  // What is said twice has to be another element, or it is read once.
  return (
    <div class="sr-only" aria-live="polite">
      <span key={id}>{text}</span>
    </div>
  );
}
