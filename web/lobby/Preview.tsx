import { Mic, MicOff, Video, VideoOff } from 'lucide-preact';
import type { DeviceInput } from '../devices/DeviceInput.ts';
import type { Devices } from '../devices/Devices.ts';
import { texts } from '../texts.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { StreamVideo } from '../ui/StreamVideo.tsx';
import { useTrackStream } from '../ui/useTrackStream.ts';
import { LevelBar } from './LevelBar.tsx';

const isOn = (input: DeviceInput) => input.state.value.status === 'on';

/** Oneself, as the others will see and hear one. */
export function Preview(props: {
  readonly devices: Devices;
  readonly level: () => number;
  readonly name: string;
}) {
  const { devices, level, name } = props;
  const { microphone, camera } = devices;
  const stream = useTrackStream(camera.track.value);
  const hint = camera.state.value.status === 'starting' ? texts.cameraStarts : texts.cameraIsOff;
  return (
    <div class="preview">
      {!stream && (
        <div class="preview-off">
          <Avatar name={name || '?'} />
          <p>{hint}</p>
        </div>
      )}
      <StreamVideo
        stream={stream}
        className={stream ? 'video mirrored' : 'video absent'}
        label={texts.preview}
      />
      <div class="preview-controls">
        <IconButton
          icon={isOn(microphone) ? Mic : MicOff}
          label={texts.turnMicrophone[isOn(microphone) ? 'off' : 'on']}
          tone={isOn(microphone) ? 'plain' : 'off'}
          shortcut="m"
          onClick={() => void microphone.toggle()}
        />
        <IconButton
          icon={isOn(camera) ? Video : VideoOff}
          label={texts.turnCamera[isOn(camera) ? 'off' : 'on']}
          tone={isOn(camera) ? 'plain' : 'off'}
          shortcut="v"
          onClick={() => void camera.toggle()}
        />
        {isOn(microphone) && <LevelBar level={level} />}
      </div>
    </div>
  );
}
