import {
  Hand,
  Link,
  Lock,
  LockOpen,
  Mic,
  MicOff,
  ScreenShare,
  UserMinus,
  Video,
  VideoOff,
} from 'lucide-preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Call } from '../meeting/Call.ts';
import type { Person } from '../meeting/people.ts';
import { texts } from '../texts.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { hasNoFocus } from '../ui/focus.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { SidePanel } from '../ui/SidePanel.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';

/** Who is there, with what each shares; and what hosts may do. */
export function PeoplePanel(props: {
  readonly call: Call;
  readonly onClose: () => void;
  readonly onCopyLink: () => void;
  /** Does what a host asks for, and tells when it fails. */
  readonly onCommand: (command: () => Promise<void>) => void;
}) {
  const { call, onClose, onCopyLink, onCommand } = props;
  const [toRemove, setToRemove] = useState<Person | undefined>();
  const people = call.people.value;
  const first = useRef<HTMLButtonElement>(null);
  // Whose button was pressed last may be gone.
  useEffect(() => {
    if (hasNoFocus()) first.current?.focus();
  }, [people.length]);
  const isHost = people.some(({ place, role }) => place === 'self' && role === 'host');
  const isLocked = call.lock.value === 'locked';
  return (
    <SidePanel heading={texts.people} onClose={onClose}>
      <div class="people-actions">
        <button type="button" class="secondary" ref={first} onClick={onCopyLink} data-first-focus>
          <Link size={16} aria-hidden="true" /> {texts.copyLink}
        </button>
        {isHost && (
          <button type="button" class="secondary" onClick={() => onCommand(() => call.toggleLock())}>
            {isLocked ? <LockOpen size={16} aria-hidden="true" /> : <Lock size={16} aria-hidden="true" />}{' '}
            {isLocked ? texts.unlock : texts.lock}
          </button>
        )}
        {isLocked && <p class="field-note">{texts.lockedHint}</p>}
      </div>
      <ul class="people" aria-label={texts.participants}>
        {people.map((person) => (
          <PersonRow key={person.key} person={person} onRemove={isHost ? setToRemove : undefined} />
        ))}
      </ul>
      {toRemove && (
        <RemoveDialog
          name={toRemove.name}
          onCancel={() => setToRemove(undefined)}
          onConfirm={() => {
            setToRemove(undefined);
            onCommand(() => call.remove(toRemove.userId));
          }}
        />
      )}
    </SidePanel>
  );
}

function PersonRow(props: {
  readonly person: Person;
  readonly onRemove: ((person: Person) => void) | undefined;
}) {
  const { person, onRemove } = props;
  const { name, place, state, shares } = person;
  const remark = remarkOn(person);
  return (
    <li class={`person ${state}`}>
      <Avatar name={name} />
      <span class="person-name">
        <span>{place === 'self' ? texts.ofYou(name) : name}</span>
        {remark && <small>{remark}</small>}
      </span>
      <PersonShares shares={shares} />
      {onRemove && place === 'other' && (
        <IconButton icon={UserMinus} label={texts.remove(name)} onClick={() => onRemove(person)} />
      )}
    </li>
  );
}

function remarkOn({ state, role }: Person): string | undefined {
  if (state === 'reconnecting') return texts.personStates.reconnecting;
  return role === 'participant' ? undefined : texts[role];
}

function PersonShares({ shares }: Pick<Person, 'shares'>) {
  const { hand, screen, camera, microphone } = shares;
  return (
    <span class="person-shares">
      {hand && <Share icon={Hand} label={texts.handUp} tone="hand" />}
      {screen && <Share icon={ScreenShare} label={texts.sharesScreen} />}
      {!screen && (camera ? <CameraOn /> : <Share icon={VideoOff} label={texts.cameraOff} tone="off" />)}
      {microphone ? <MicrophoneOn /> : <Share icon={MicOff} label={texts.muted} tone="off" />}
    </span>
  );
}

const CameraOn = () => <Share icon={Video} label={texts.sharesCamera} />;
const MicrophoneOn = () => <Share icon={Mic} label={texts.sharesMicrophone} />;

function Share(props: {
  readonly icon: typeof Mic;
  readonly label: string;
  readonly tone?: 'on' | 'off' | 'hand';
}) {
  const { icon: Icon, label, tone = 'on' } = props;
  return (
    <span class={`share ${tone}`} title={label}>
      <Icon size={16} aria-hidden="true" />
      <span class="sr-only">{label}</span>
    </span>
  );
}
