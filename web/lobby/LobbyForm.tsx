import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { MeetingPage } from '../meeting/MeetingPage.ts';
import { texts } from '../texts.ts';
import type { Visit } from './visit.ts';

/** A server takes no longer ones. */
const MOST_CHARACTERS = 128;

/** Asks for name and meeting, as far as a token doesn't say them, and joins. */
export function LobbyForm(props: {
  readonly page: MeetingPage;
  readonly visit: Visit;
  readonly name: string;
  readonly onName: (name: string) => void;
}) {
  const { page, visit, name, onName } = props;
  const { identity } = page;
  const claimed = identity.source === 'token' ? identity : undefined;
  const [meetingId, setMeetingId] = useState(claimed?.meetingId ?? visit.meetingId);
  const [complaint, setComplaint] = useState<'name' | 'meeting' | undefined>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const empty = form.current?.querySelector<HTMLInputElement>('input:placeholder-shown:not([readonly])');
    (empty ?? form.current?.querySelector('button'))?.focus();
  }, []);

  const submit = (event: Event) => {
    event.preventDefault();
    const entry = { name: name.trim(), meetingId: meetingId.trim() };
    const missing = !claimed && !entry.name ? 'name' : entry.meetingId ? undefined : 'meeting';
    setComplaint(missing);
    if (missing) {
      form.current?.querySelector<HTMLInputElement>(`[name=${missing}]`)?.focus();
      return;
    }
    visit.onJoin(entry);
    page.join(entry);
  };

  return (
    <form ref={form} class="lobby-form" onSubmit={submit} noValidate>
      {claimed ? (
        claimed.name && <p class="claimed-name">{texts.joinAs(claimed.name)}</p>
      ) : (
        <TextField
          label={texts.yourName}
          name="name"
          value={name}
          onInput={onName}
          autocomplete="name"
          complaint={complaint === 'name' ? texts.nameMissing : undefined}
        />
      )}
      <TextField
        label={texts.meetingName}
        name="meeting"
        value={meetingId}
        onInput={setMeetingId}
        hint={claimed?.meetingId ? undefined : texts.meetingHint}
        isFixed={claimed?.meetingId !== undefined}
        complaint={complaint === 'meeting' ? texts.meetingMissing : undefined}
      />
      <button type="submit" class="primary">
        {texts.join}
      </button>
    </form>
  );
}

function TextField(props: {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string | undefined;
  readonly complaint?: string | undefined;
  readonly autocomplete?: 'name';
  readonly isFixed?: boolean;
}) {
  const { label, name, value, onInput, hint, complaint, autocomplete = 'off', isFixed = false } = props;
  const id = useId();
  const note = complaint ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        type="text"
        value={value}
        placeholder=" "
        maxLength={MOST_CHARACTERS}
        autocomplete={autocomplete}
        readOnly={isFixed}
        aria-invalid={complaint ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {note && (
        <p id={`${id}-note`} class={complaint ? 'field-note complaint' : 'field-note'}>
          {note}
        </p>
      )}
    </div>
  );
}
