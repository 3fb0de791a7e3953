import type { Devices } from '../devices/Devices.ts';
import { DeviceSelects } from '../lobby/DeviceSelect.tsx';
import { texts } from '../texts.ts';
import { ModalDialog } from '../ui/ModalDialog.tsx';

/** Chooses another microphone or camera during the call. */
export function DevicesDialog(props: {
  readonly devices: Devices;
  readonly onChoose: (kind: 'microphone' | 'camera', deviceId: string) => void;
  readonly onClose: () => void;
}) {
  const { devices, onChoose, onClose } = props;
  const { microphones, cameras } = devices.list.value;
  return (
    <ModalDialog heading={texts.settings} onClose={onClose}>
      {microphones.length + cameras.length === 0 && <p>{texts.noDevices}</p>}
      <DeviceSelects devices={devices} onChoose={onChoose} />
      <div class="card-actions">
        <button type="button" class="primary" onClick={onClose}>
          {texts.close}
        </button>
      </div>
    </ModalDialog>
  );
}

/** The invitation link, to be copied by hand where the browser won't do it. */
export function LinkDialog({ link, onClose }: { readonly link: string; readonly onClose: () => void }) {
  return (
    <ModalDialog heading={texts.copyLink} onClose={onClose}>
      <div class="field">
        <label for="invitation-link">{texts.linkToCopy}</label>
        <input
          id="invitation-link"
          type="text"
          readOnly
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
      </div>
      <div class="card-actions">
        <button type="button" class="primary" onClick={onClose}>
          {texts.close}
        </button>
      </div>
    </ModalDialog>
  );
}
