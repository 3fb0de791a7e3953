/** Levels from here on, of 0 to 1, are speech rather than a room's noise. */
const SPEECH_LEVEL = 0.02;

/**
 * Takes note of who makes noise now. Returns when each was last heard, by the same keys; the very same map if nobody is.
 */
export function hear(
  before: ReadonlyMap<string, number>,
  levels: ReadonlyMap<string, number>,
  nowMs: number,
): ReadonlyMap<string, number> {
  const speaking = [...levels].filter(([, level]) => level >= SPEECH_LEVEL);
  if (speaking.length === 0) return before;
  const after = new Map(before);
  for (const [key] of speaking) after.set(key, nowMs);
  return after;
}

/** Who made no noise for so long is silent. */
const VOICE_MS = 1500;

/** Whether somebody who was last heard at a time is speaking still; 0: they never were. */
export const isSpeaking = (heardAtMs: number, nowMs: number): boolean =>
  heardAtMs > 0 && nowMs - heardAtMs < VOICE_MS;

/** How loud samples of -1 to 1 are, from 0 to 1: their root mean square. */
export function loudnessOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length ? Math.sqrt(sum / samples.length) : 0;
}
