import { type ReadonlySignal, signal } from '@preact/signals';
import { type DeviceProblem, problemOf } from './problemOf.ts';

/** One's own screen, while it is shared. */
export class ScreenShare {
  readonly #source: Pick<MediaDevices, 'getDisplayMedia'> | undefined;
  readonly #track = signal<MediaStreamTrack | null>(null);
  readonly #problem = signal<DeviceProblem | undefined>(undefined);
  #state: 'idle' | 'asking' | 'closed' = 'idle';

  /** Without a source, as on phones, there is nothing to share. */
  constructor(source: Pick<MediaDevices, 'getDisplayMedia'> | undefined) {
    this.#source = source && 'getDisplayMedia' in source ? source : undefined;
  }

  get isPossible(): boolean {
    return this.#source !== undefined;
  }

  get track(): ReadonlySignal<MediaStreamTrack | null> {
    return this.#track;
  }

  /** Why the last try failed; who closes the browser's dialog has no problem. */
  get problem(): ReadonlySignal<DeviceProblem | undefined> {
    return this.#problem;
  }

  /** Lets the person choose what to share. Resolves when that is decided. */
  async start(): Promise<void> {
    if (!this.#source || this.#state !== 'idle') return;
    this.#state = 'asking';
    this.#problem.value = undefined;
    try {
      const stream = await this.#source.getDisplayMedia({ video: true, audio: false });
      this.#adopt(stream.getVideoTracks()[0]);
    } catch (error) {
      const problem = problemOf(error);
      if (problem !== 'denied') this.#problem.value = problem;
    } finally {
      if (this.#state === 'asking') this.#state = 'idle';
    }
  }

  stop(): void {
    this.#track.value?.stop();
    this.#track.value = null;
  }

  /** Stops, also what is still being chosen. */
  close(): void {
    this.stop();
    if (this.#state === 'asking') this.#state = 'closed';
  }

  #adopt(track: MediaStreamTrack | undefined): void {
    if (!track || this.#state === 'closed') {
      this.#state = 'idle';
      track?.stop();
      return;
    }
    // Text that is sharp matters more than motion that is smooth.
    track.contentHint = 'detail';
    this.#track.value = track;
    // The browser has a button of its own that ends it.
    track.addEventListener('ended', () => {
      if (this.#track.value === track) this.stop();
    });
  }
}
