import { useSignalEffect } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { MeetingError } from '../../src/client/index.ts';
import { ChatPanel } from '../chat/ChatPanel.tsx';
import type { Devices } from '../devices/Devices.ts';
import type { Visit } from '../lobby/visit.ts';
import type { Call } from '../meeting/Call.ts';
import { deviceNotice, requestSentence } from '../meeting/failures.ts';
import { invitationLink } from '../meeting/invitation.ts';
import { PeoplePanel } from '../people/PeoplePanel.tsx';
import { texts } from '../texts.ts';
import { LiveRegion } from '../ui/LiveRegion.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { DevicesDialog, LinkDialog } from './CallDialogs.tsx';
import { Sound } from './Sound.tsx';
import { Stage } from './Stage.tsx';
import { Toolbar } from './Toolbar.tsx';
import { TopBar } from './TopBar.tsx';
import { useToast } from './useToast.ts';

/** What may be open beside the tiles. */
export type PanelName = 'chat' | 'people';

type CallViewProps = {
  readonly call: Call;
  readonly devices: Devices;
  readonly visit: Visit;
  readonly onLeave: () => void;
};

/** The call. */
export function CallView({ call, devices, visit, onLeave }: CallViewProps) {
  const [panel, setPanel] = useState<PanelName | undefined>();
  const [dialog, setDialog] = useState<'devices' | 'link' | undefined>();
  const { toast, tell } = useTelling(call);
  useDeviceProblems(devices, tell);
  useTitle(call);

  const link = invitationLink(location.href, call.meetingId);
  const toggle = (name: PanelName) => setPanel((open) => (open === name ? undefined : name));
  const close = () => setPanel(undefined);
  const share = () => (devices.screen.track.value ? devices.screen.stop() : void devices.screen.start());
  const copyLink = () => {
    copy(link).then(
      () => tell(texts.linkCopied),
      () => setDialog('link'),
    );
  };
  useCallShortcuts(call, devices, { share, toggle });

  return (
    <div class={panel ? 'call with-panel' : 'call'}>
      <TopBar
        call={call}
        onCopyLink={copyLink}
        onDevices={() => setDialog('devices')}
        onPeople={() => setPanel('people')}
      />
      {call.state.value.status === 'reconnecting' && (
        <section class="banner" aria-label={texts.reconnecting}>
          <span class="spinner spinner-small" aria-hidden="true" /> {texts.reconnecting}
        </section>
      )}
      <main class="call-main" aria-label={call.meetingId}>
        <Stage call={call} devices={devices} />
      </main>
      {panel === 'chat' && <ChatPanel chat={call.chat} onClose={close} />}
      {panel === 'people' && (
        <PeoplePanel
          call={call}
          onClose={close}
          onCopyLink={copyLink}
          onCommand={(command) => void runTelling(command, tell)}
        />
      )}
      <footer class="call-footer">
        <Toolbar
          call={call}
          devices={devices}
          panel={panel}
          onPanel={toggle}
          onShare={share}
          onLeave={onLeave}
        />
      </footer>
      <Sound peers={call.peers.value} />
      {toast && (
        <p class="toast" aria-hidden="true">
          {toast}
        </p>
      )}
      {dialog === 'devices' && (
        <DevicesDialog
          devices={devices}
          onChoose={visit.rememberDevice}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'link' && <LinkDialog link={link} onClose={() => setDialog(undefined)} />}
      <LiveRegion announcement={call.announcement} />
    </div>
  );
}

function useCallShortcuts(
  call: Call,
  { microphone, camera, screen }: Devices,
  does: { readonly share: () => void; readonly toggle: (name: PanelName) => void },
): void {
  useShortcuts({
    m: () => void microphone.toggle(),
    v: () => void camera.toggle(),
    s: () => screen.isPossible && does.share(),
    h: () => call.toggleHand(),
    c: () => does.toggle('chat'),
    p: () => does.toggle('people'),
  });
}

/** Does something, and tells when it fails. */
async function runTelling(command: () => Promise<void>, tell: (text: string) => void): Promise<void> {
  try {
    await command();
  } catch (error) {
    tell(requestSentence(error instanceof MeetingError ? error : { code: 'unknown' }));
  }
}

/** The tab's title says how much there is to read. */
function useTitle(call: Call): void {
  useSignalEffect(() => {
    document.title = texts.pageTitle(call.meetingId, call.chat.unread.value);
  });
  useEffect(
    () => () => {
      document.title = texts.product;
    },
    [],
  );
}

/** Tells something both by a sentence on the page and by reading it out. */
function useTelling(call: Call) {
  const { toast, show } = useToast();
  const tell = (text: string) => {
    show(text);
    call.announce(text);
  };
  return { toast, tell };
}

/** Tells when a microphone, camera or screen fails during the call; what had failed before, the lobby has told. */
function useDeviceProblems(devices: Devices, tell: (text: string) => void): void {
  for (const kind of ['microphone', 'camera'] as const) {
    const state = devices[kind].state.value;
    const problem = state.status === 'failed' ? state.problem : undefined;
    useProblem(kind, problem, tell);
  }
  useProblem('screen', devices.screen.problem.value, tell);
}

function useProblem(
  kind: Parameters<typeof deviceNotice>[0],
  problem: Parameters<typeof deviceNotice>[1] | undefined,
  tell: (text: string) => void,
): void {
  const [known, setKnown] = useState(problem);
  useEffect(() => {
    if (problem === known) return;
    setKnown(problem);
    if (!problem) return;
    const { title, advice } = deviceNotice(kind, problem);
    tell(`${title}. ${advice}`);
  }, [problem]);
}

/** Rejects where the browser has no clipboard, as without HTTPS, or doesn't allow it. */
async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
