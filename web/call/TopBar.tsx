import { Link, Lock, Settings } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Call } from '../meeting/Call.ts';
import { texts } from '../texts.ts';
import { IconButton } from '../ui/IconButton.tsx';

/** Which meeting this is. */
export function TopBar(props: {
  readonly call: Call;
  readonly onCopyLink: () => void;
  readonly onDevices: () => void;
  readonly onPeople: () => void;
}) {
  const { call, onCopyLink, onDevices, onPeople } = props;
  const { others } = call.tiles.value;
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that led here is gone; from here one hears, and tabs, through the call.
  useEffect(() => heading.current?.focus(), []);
  return (
    <header class="top-bar">
      <h1 ref={heading} tabIndex={-1}>
        {call.meetingId}
      </h1>
      {call.lock.value === 'locked' && (
        <span class="share" title={texts.lockedHint}>
          <Lock size={16} aria-hidden="true" />
          <span class="sr-only">{texts.lockedHint}</span>
        </span>
      )}
      {others > 0 && (
        <button type="button" class="secondary small" onClick={onPeople}>
          {texts.others(others)}
        </button>
      )}
      <span class="top-bar-gap" />
      <IconButton icon={Settings} label={texts.settings} onClick={onDevices} />
      <button type="button" class="secondary copy-link" onClick={onCopyLink} aria-label={texts.copyLink}>
        <Link size={16} aria-hidden="true" /> <span class="copy-link-text">{texts.copyLink}</span>
      </button>
    </header>
  );
}
