import { TriangleAlert } from 'lucide-preact';
import type { Notice } from '../meeting/failures.ts';

/** Something that went wrong, and what to do about it. */
export function NoticeCard({ notice }: { readonly notice: Notice }) {
  return (
    <div class="notice" role="status">
      <TriangleAlert size={18} aria-hidden="true" />
      <p>
        <strong>{notice.title}.</strong> {notice.advice}
      </p>
    </div>
  );
}
