import { useEffect, useRef } from 'preact/hooks';
import { texts } from '../texts.ts';

const EVERY_MS = 80;
/** Speech is seldom louder than this. */
const FULL_LEVEL = 0.25;

/** Shows how loud the microphone is. For the eye alone: read out, it would never end. */
export function LevelBar({ level }: { readonly level: () => number }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      const share = Math.min(1, Math.sqrt(level() / FULL_LEVEL));
      ref.current?.style.setProperty('--level', share.toFixed(2));
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [level]);
  return (
    <div class="level" role="img" aria-label={texts.microphoneLevel}>
      <div class="level-bar" ref={ref} />
    </div>
  );
}
