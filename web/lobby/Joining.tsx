import { useEffect, useRef } from 'preact/hooks';
import type { Call } from '../meeting/Call.ts';
import type { Notice } from '../meeting/failures.ts';
import { texts } from '../texts.ts';
import { NoticeCard } from '../ui/NoticeCard.tsx';

/** While the server is asked to let one in. */
export function Joining(props: {
  readonly call: Call;
  readonly notice: Notice | undefined;
  readonly onCancel: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main class="card-page">
      <div class="card" aria-busy="true">
        <div class="spinner" aria-hidden="true" />
        <h1 ref={heading} tabIndex={-1}>
          {texts.joining(props.call.meetingId)}
        </h1>
        {props.notice && <NoticeCard notice={props.notice} />}
        <button type="button" class="secondary" onClick={props.onCancel}>
          {texts.cancel}
        </button>
      </div>
    </main>
  );
}
