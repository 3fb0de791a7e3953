import { useEffect, useRef } from 'preact/hooks';
import type { Ending } from '../meeting/failures.ts';
import { texts } from '../texts.ts';

/** Says why the call is over, and what there is to do now. */
export function Ended(props: {
  readonly ending: Ending;
  readonly onRejoin: () => void;
  readonly onBack: () => void;
}) {
  const { ending, onRejoin, onBack } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main class="card-page">
      <div class="card">
        <h1 ref={heading} tabIndex={-1}>
          {ending.title}
        </h1>
        <p>{ending.advice}</p>
        <div class="card-actions">
          {ending.next !== 'none' && (
            <button type="button" class="primary" onClick={onRejoin}>
              {ending.next === 'rejoin' ? texts.rejoin : texts.tryAgain}
            </button>
          )}
          <button type="button" class="secondary" onClick={onBack}>
            {texts.backToStart}
          </button>
        </div>
      </div>
    </main>
  );
}
