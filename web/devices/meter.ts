import { loudnessOf } from '../meeting/voices.ts';

/** Measures how loud a microphone is. */
export type Meter = {
  /** 0 to 1, now. */
  readonly level: () => number;
  readonly close: () => void;
};

/** A sixth of a second at 48 kHz, so that nothing is missed by whoever asks a few times a second. */
const WINDOW = 8192;

/** Measures a track, muted or not; silence where the browser can't. */
export function createMeter(track: MediaStreamTrack): Meter {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = WINDOW;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level() {
      // It may have begun before the person touched the page, and then waits for that.
      if (context.state === 'suspended') void context.resume().catch(() => {});
      analyser.getFloatTimeDomainData(samples);
      return loudnessOf(samples);
    },
    close: () => void context.close().catch(() => {}),
  };
}
