import { type ReadonlySignal, signal } from '@preact/signals';
import { type DeviceProblem, problemOf } from './problemOf.ts';

/** How a microphone or camera stands. `starting`: the browser was asked for it. */
export type InputState =
  | { readonly status: 'off' | 'starting' | 'on' }
  | { readonly status: 'failed'; readonly problem: DeviceProblem };

/** Which kind of device, and how it behaves. */
export type InputOptions = {
  /** Undefined where the browser gives none, which is without HTTPS. */
  readonly source: Pick<MediaDevices, 'getUserMedia'> | undefined;
  readonly kind: 'audio' | 'video';
  /** `mute` keeps the device, so that it is back at once; `stop` gives it back, so that its light goes out. */
  readonly whenOff: 'mute' | 'stop';
  /** A camera that nobody chose would surprise. */
  readonly whenUnplugged: 'take-another' | 'stop';
  /** The device to ask for; any, where it isn't there. */
  readonly deviceId: string | undefined;
};

/** A microphone or a camera: on, off, chosen, and what went wrong with it. */
export class DeviceInput {
  readonly #options: InputOptions;
  readonly #state = signal<InputState>({ status: 'off' });
  readonly #track = signal<MediaStreamTrack | null>(null);
  readonly #deviceId = signal<string | undefined>(undefined);
  /** Counts what was asked for, so that an answer which comes too late is told from one that is waited for. */
  #asked = 0;

  constructor(options: InputOptions) {
    this.#options = options;
    this.#deviceId.value = options.deviceId;
  }

  get state(): ReadonlySignal<InputState> {
    return this.#state;
  }

  /** What it records. A muted microphone's track is there, and silent. */
  get track(): ReadonlySignal<MediaStreamTrack | null> {
    return this.#track;
  }

  /** Which device is in use, or is asked for next. */
  get deviceId(): ReadonlySignal<string | undefined> {
    return this.#deviceId;
  }

  /** Turns it on. Resolves when it is on or has failed; `state` says which. */
  async turnOn(): Promise<void> {
    const track = this.#track.value;
    if (track?.readyState === 'live') {
      track.enabled = true;
      this.#state.value = { status: 'on' };
      return;
    }
    const { source, kind } = this.#options;
    if (!source) {
      this.fail('insecure');
      return;
    }
    const asked = this.begin();
    try {
      const stream = await source.getUserMedia({ [kind]: this.constraints });
      this.adopt(stream.getTracks()[0], asked);
    } catch (error) {
      if (asked === this.#asked) this.fail(problemOf(error));
    }
  }

  /** Turns it off at once. */
  turnOff(): void {
    this.#asked++;
    const track = this.#track.value;
    if (track && this.#options.whenOff === 'mute') track.enabled = false;
    else this.#release();
    this.#state.value = { status: 'off' };
  }

  /** Turns it on if it isn't, else off. */
  async toggle(): Promise<void> {
    const { status } = this.#state.value;
    if (status === 'on' || status === 'starting') this.turnOff();
    else await this.turnOn();
  }

  /** Uses another device, from now on if it is on. */
  async choose(deviceId: string): Promise<void> {
    const { status } = this.#state.value;
    this.#deviceId.value = deviceId;
    this.#release();
    if (status !== 'off') await this.turnOn();
  }

  /** Gives the device back. */
  close(): void {
    this.#asked++;
    this.#release();
    this.#state.value = { status: 'off' };
  }

  /** What to ask the browser for. */
  get constraints(): MediaTrackConstraints {
    const deviceId = this.#deviceId.value;
    const which = deviceId ? { deviceId: { ideal: deviceId } } : {};
    if (this.#options.kind === 'audio') return { ...which, echoCancellation: true, noiseSuppression: true };
    return { ...which, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  }

  /** Notes that the browser is being asked. Returns what {@link adopt} tells this asking by. */
  begin(): number {
    this.#state.value = { status: 'starting' };
    return ++this.#asked;
  }

  /** Takes what the browser gave; a track that nobody waits for any more is stopped. */
  adopt(track: MediaStreamTrack | undefined, asked: number): void {
    if (asked !== this.#asked) {
      track?.stop();
      return;
    }
    if (!track) {
      this.fail('missing');
      return;
    }
    this.#release();
    this.#track.value = track;
    this.#deviceId.value = track.getSettings().deviceId ?? this.#deviceId.value;
    this.#state.value = { status: 'on' };
    track.addEventListener('ended', () => void this.#onEnded(track));
  }

  /** Notes that there is none, and why. */
  fail(problem: DeviceProblem): void {
    this.#asked++;
    this.#release();
    this.#state.value = { status: 'failed', problem };
  }

  /** A track ends by itself when its device is unplugged, or when the person takes the permission back. */
  async #onEnded(track: MediaStreamTrack): Promise<void> {
    if (track !== this.#track.value) return;
    const wasOn = this.#state.value.status === 'on';
    this.fail('unplugged');
    if (this.#options.whenUnplugged === 'stop' || !wasOn) return;
    await this.turnOn();
    if (this.#state.value.status === 'failed') this.fail('unplugged');
  }

  #release(): void {
    this.#track.value?.stop();
    this.#track.value = null;
  }
}
