import { describe, expect, it } from 'vitest';
import type { Telemetry } from '../../src/meeting/ports.ts';

/** What a contract run needs: a telemetry, and a way to read back what it keeps. */
export type TelemetryUnderTest = {
  readonly telemetry: Telemetry;
  /** A counter's sum, or how many durations there are of a name. */
  readonly read: (name: string) => number | undefined;
};

/** Proves that an implementation keeps what the Telemetry port promises. */
export function telemetryContract(name: string, create: () => TelemetryUnderTest): void {
  describe(`Telemetry contract: ${name}`, () => {
    it('[TM1] adds to each counter by itself', () => {
      const { telemetry, read } = create();
      telemetry.count('MessagesSent', 3);
      telemetry.count('MessagesSent', 4);
      telemetry.count('Throttles', 1);
      expect([read('MessagesSent'), read('Throttles')]).toEqual([7, 1]);
    });

    it('[TM2] keeps each duration', () => {
      const { telemetry, read } = create();
      for (const durationMs of [0, 0.4, 20, 60_000]) telemetry.time('FanOutTime', durationMs);
      expect(read('FanOutTime')).toBe(4);
    });
  });
}
