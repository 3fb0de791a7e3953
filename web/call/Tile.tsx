import { Hand, MicOff } from 'lucide-preact';
import type { Devices } from '../devices/Devices.ts';
import type { Person } from '../meeting/people.ts';
import { texts } from '../texts.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { StreamVideo } from '../ui/StreamVideo.tsx';
import { useTrackStream } from '../ui/useTrackStream.ts';

/** A person: their picture or initials, and what there is to know of them. */
export function Tile({ person, devices }: { readonly person: Person; readonly devices: Devices }) {
  const { name, state, shares, voice } = person;
  const picture = shares.screen ? 'screen' : shares.camera ? 'camera' : 'none';
  return (
    <figure class={`tile ${state} ${voice} ${picture}`} aria-label={labelOf(person)}>
      {picture !== 'screen' && <Avatar name={name} />}
      <Picture person={person} picture={picture} devices={devices} />
      {state !== 'here' && (
        <p class="tile-state" title={state === 'unreachable' ? texts.unreachableHint : undefined}>
          {texts.personStates[state]}
        </p>
      )}
      {shares.hand && (
        <span class="tile-hand" title={texts.handUp}>
          <Hand size={18} aria-hidden="true" />
          <span class="sr-only">{texts.handUp}</span>
        </span>
      )}
      <Caption person={person} />
    </figure>
  );
}

/** There is always a video, so that a camera that is turned on shows without delay. */
function Picture(props: {
  readonly person: Person;
  readonly picture: 'screen' | 'camera' | 'none';
  readonly devices: Devices;
}) {
  const { person, picture, devices } = props;
  const isSelf = person.place === 'self';
  const ownTrack = devices.screen.track.value ?? devices.camera.track.value;
  const ownStream = useTrackStream(isSelf ? ownTrack : null);
  const classes = ['video'];
  if (picture === 'none') classes.push('absent');
  if (isSelf && picture === 'camera') classes.push('mirrored');
  return (
    <StreamVideo
      stream={isSelf ? ownStream : person.stream}
      className={classes.join(' ')}
      label={labelOf(person)}
    />
  );
}

function Caption({ person }: { readonly person: Person }) {
  const { place, shares, voice, quality } = person;
  return (
    <figcaption class="tile-caption">
      {!shares.microphone && <Mark icon={MicOff} label={texts.muted} tone="muted" />}
      <span class="tile-name">{place === 'self' && shares.screen ? texts.yourScreen : labelOf(person)}</span>
      <Quality quality={quality} />
      {voice === 'speaking' && <span class="sr-only">{texts.speaks}</span>}
    </figcaption>
  );
}

function labelOf({ name, place, shares }: Person): string {
  if (place === 'self') return texts.ofYou(name);
  return shares.screen ? texts.screenOf(name) : name;
}

const barsOf = { good: 3, fair: 2, poor: 1 } as const;

function Quality({ quality }: { readonly quality: Person['quality'] }) {
  if (quality === 'unknown') return null;
  return (
    <span class={`bars ${quality}`} title={texts.quality[quality]}>
      {[1, 2, 3].map((bar) => (
        <span key={bar} class={bar <= barsOf[quality] ? 'bar' : 'bar empty'} />
      ))}
      <span class="sr-only">{texts.quality[quality]}</span>
    </span>
  );
}

function Mark(props: { readonly icon: typeof Hand; readonly label: string; readonly tone: string }) {
  const { icon: Icon, label, tone } = props;
  return (
    <span class={`mark ${tone}`} title={label}>
      <Icon size={15} aria-hidden="true" />
      <span class="sr-only">{label}</span>
    </span>
  );
}
