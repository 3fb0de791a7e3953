import { useId } from 'preact/hooks';
import type { DeviceInput } from '../devices/DeviceInput.ts';
import type { Device, Devices } from '../devices/Devices.ts';
import { texts } from '../texts.ts';

type Remember = (kind: 'microphone' | 'camera', deviceId: string) => void;

/** Chooses among microphones and cameras; nothing where there is none to choose. */
export function DeviceSelects({
  devices,
  onChoose,
}: {
  readonly devices: Devices;
  readonly onChoose: Remember;
}) {
  const { microphones, cameras } = devices.list.value;
  const select = (kind: 'microphone' | 'camera', list: readonly Device[]) => (
    <DeviceSelect
      label={texts[kind]}
      input={devices[kind]}
      list={list}
      onChoose={(id) => onChoose(kind, id)}
    />
  );
  if (microphones.length + cameras.length === 0) return null;
  return (
    <div class="device-selects">
      {select('microphone', microphones)}
      {select('camera', cameras)}
    </div>
  );
}

function DeviceSelect(props: {
  readonly label: string;
  readonly input: DeviceInput;
  readonly list: readonly Device[];
  readonly onChoose: (deviceId: string) => void;
}) {
  const { label, input, list, onChoose } = props;
  const id = useId();
  if (list.length === 0) return null;
  const choose = (deviceId: string) => {
    onChoose(deviceId);
    void input.choose(deviceId);
  };
  const chosen = list.find(({ deviceId }) => deviceId === input.deviceId.value) ?? list[0];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={chosen?.deviceId} onChange={(event) => choose(event.currentTarget.value)}>
        {list.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || texts.unnamedDevice(label, index + 1)}
          </option>
        ))}
      </select>
    </div>
  );
}
