import { type ReadonlySignal, signal } from '@preact/signals';
import { DeviceInput } from './DeviceInput.ts';
import { ScreenShare } from './ScreenShare.ts';

/** A microphone or camera to choose. */
export type Device = { readonly deviceId: string; readonly label: string };

/** What there is to choose from; empty until the browser may tell. */
export type DeviceList = { readonly microphones: readonly Device[]; readonly cameras: readonly Device[] };

/** The browser's part that gives pictures and sound; undefined where it gives none, which is without HTTPS. */
export type MediaSource =
  | Pick<
      MediaDevices,
      'getUserMedia' | 'getDisplayMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'
    >
  | undefined;

/** One's own microphone, camera and screen. */
export class Devices {
  readonly microphone: DeviceInput;
  readonly camera: DeviceInput;
  readonly screen: ScreenShare;
  readonly #source: MediaSource;
  readonly #list = signal<DeviceList>({ microphones: [], cameras: [] });

  constructor(
    source: MediaSource,
    chosen: { readonly microphoneId?: string | undefined; readonly cameraId?: string | undefined },
  ) {
    this.#source = source;
    this.microphone = new DeviceInput({
      ...{ source, kind: 'audio', whenOff: 'mute', whenUnplugged: 'take-another' },
      deviceId: chosen.microphoneId,
    });
    this.camera = new DeviceInput({
      ...{ source, kind: 'video', whenOff: 'stop', whenUnplugged: 'stop' },
      deviceId: chosen.cameraId,
    });
    this.screen = new ScreenShare(source);
    source?.addEventListener('devicechange', () => void this.#refresh());
  }

  get list(): ReadonlySignal<DeviceList> {
    return this.#list;
  }

  /** Turns microphone and camera on, asking the person once for both; each for itself if only one can be had. */
  async start(): Promise<void> {
    const { microphone, camera } = this;
    if (!this.#source) {
      for (const input of [microphone, camera]) input.fail('insecure');
      return;
    }
    const asked = { microphone: microphone.begin(), camera: camera.begin() };
    try {
      const { constraints: audio } = microphone;
      const stream = await this.#source.getUserMedia({ audio, video: camera.constraints });
      microphone.adopt(stream.getAudioTracks()[0], asked.microphone);
      camera.adopt(stream.getVideoTracks()[0], asked.camera);
    } catch {
      await this.#startEach();
    }
    await this.#refresh();
  }

  /** Gives everything back. */
  close(): void {
    this.microphone.close();
    this.camera.close();
    this.screen.close();
  }

  /** One that is denied or missing must not keep the other from being had; each says for itself what is wrong. */
  async #startEach(): Promise<void> {
    for (const input of [this.microphone, this.camera]) {
      // What was turned off meanwhile stays off.
      if (input.state.value.status === 'starting') await input.turnOn();
    }
  }

  async #refresh(): Promise<void> {
    const found = (await this.#source?.enumerateDevices().catch(() => [])) ?? [];
    const ofKind = (kind: MediaDeviceKind) =>
      found
        // Before the person agrees there is one without a name for each kind.
        .filter((device) => device.kind === kind && device.deviceId !== '')
        .map(({ deviceId, label }) => ({ deviceId, label }));
    this.#list.value = { microphones: ofKind('audioinput'), cameras: ofKind('videoinput') };
  }
}
