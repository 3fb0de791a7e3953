import { Volume2 } from 'lucide-preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { MeetingPeer } from '../../src/client/peers/index.ts';
import { texts } from '../texts.ts';

/** Everybody's sound, whether or not they are shown; and a button for browsers that hold it back. */
export function Sound({ peers }: { readonly peers: readonly MeetingPeer[] }) {
  const room = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'playing' | 'blocked'>('playing');
  const playAll = () => {
    setState('playing');
    for (const audio of room.current?.querySelectorAll('audio') ?? []) play(audio, () => setState('blocked'));
  };
  return (
    <div ref={room}>
      {peers.map(({ userId, session, stream }) => (
        <PeerSound key={`${userId} ${session}`} stream={stream} onBlocked={() => setState('blocked')} />
      ))}
      {state === 'blocked' && (
        <div class="sound-blocked" role="status">
          <span>{texts.soundBlocked}</span>
          <button type="button" class="primary" onClick={playAll}>
            <Volume2 size={18} aria-hidden="true" /> {texts.playSound}
          </button>
        </div>
      )}
    </div>
  );
}

function PeerSound({ stream, onBlocked }: { readonly stream: MediaStream; readonly onBlocked: () => void }) {
  const ref = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = ref.current;
    if (!audio) return;
    audio.srcObject = stream;
    play(audio, onBlocked);
  }, [stream]);
  // biome-ignore lint/a11y/useMediaCaption: nobody captions what is said right now.
  return <audio ref={ref} autoplay />;
}

function play(audio: HTMLAudioElement, onBlocked: () => void): void {
  audio.play().catch((error: unknown) => {
    if (error instanceof Error && error.name === 'NotAllowedError') onBlocked();
  });
}
