import {
  Hand,
  MessageSquare,
  Mic,
  MicOff,
  PhoneOff,
  ScreenShare,
  ScreenShareOff,
  Users,
  Video,
  VideoOff,
} from 'lucide-preact';
import type { Devices } from '../devices/Devices.ts';
import type { Call } from '../meeting/Call.ts';
import { texts } from '../texts.ts';
import { IconButton } from '../ui/IconButton.tsx';
import type { PanelName } from './CallView.tsx';

/** What one can do in a call. Those whose name changes with their state say so by it, and the others by being pressed. */
export function Toolbar(props: {
  readonly call: Call;
  readonly devices: Devices;
  readonly panel: PanelName | undefined;
  readonly onPanel: (panel: PanelName) => void;
  readonly onShare: () => void;
  readonly onLeave: () => void;
}) {
  const { call, devices, panel, onPanel, onShare, onLeave } = props;
  const { hand, chat } = call;
  const unread = chat.unread.value;
  return (
    <section class="toolbar" aria-label={texts.controls}>
      <DeviceButtons devices={devices} onShare={onShare} />
      <IconButton
        icon={Hand}
        label={texts.hand}
        pressed={hand.value === 'up'}
        tone={hand.value === 'up' ? 'active' : 'plain'}
        shortcut="h"
        onClick={() => call.toggleHand()}
      />
      <span class="toolbar-gap" />
      <IconButton
        icon={MessageSquare}
        label={texts.chat}
        pressed={panel === 'chat'}
        tone={panel === 'chat' ? 'active' : 'plain'}
        shortcut="c"
        badge={
          unread
            ? { text: unread > 99 ? '99+' : String(unread), description: texts.unread(unread) }
            : undefined
        }
        onClick={() => onPanel('chat')}
      />
      <IconButton
        icon={Users}
        label={texts.people}
        pressed={panel === 'people'}
        tone={panel === 'people' ? 'active' : 'plain'}
        shortcut="p"
        onClick={() => onPanel('people')}
      />
      <span class="toolbar-gap" />
      <IconButton icon={PhoneOff} label={texts.leave} text={texts.leave} tone="danger" onClick={onLeave} />
    </section>
  );
}

function DeviceButtons({ devices, onShare }: { readonly devices: Devices; readonly onShare: () => void }) {
  const { microphone, camera, screen } = devices;
  const hasMicrophone = microphone.state.value.status === 'on';
  const hasCamera = camera.state.value.status === 'on';
  const isSharing = screen.track.value !== null;
  return (
    <>
      <IconButton
        icon={hasMicrophone ? Mic : MicOff}
        label={texts.turnMicrophone[hasMicrophone ? 'off' : 'on']}
        tone={hasMicrophone ? 'plain' : 'off'}
        shortcut="m"
        onClick={() => void microphone.toggle()}
      />
      <IconButton
        icon={hasCamera ? Video : VideoOff}
        label={texts.turnCamera[hasCamera ? 'off' : 'on']}
        tone={hasCamera ? 'plain' : 'off'}
        shortcut="v"
        onClick={() => void camera.toggle()}
      />
      {screen.isPossible && (
        <IconButton
          icon={isSharing ? ScreenShareOff : ScreenShare}
          label={isSharing ? texts.stopSharing : texts.shareScreen}
          tone={isSharing ? 'active' : 'plain'}
          shortcut="s"
          onClick={onShare}
        />
      )}
    </>
  );
}
